story delivered, accepted, paid out
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer accept -> accepted
provider complete -> completed
buyer withdraw -> refused ended

story no third delivery
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller agree_second_delivery -> pending_ii
courier deliver -> awaiting_buyer_response
seller agree_second_delivery -> refused fact
buyer reject -> awaiting_buyer_response
seller agree_second_delivery -> refused fact
seller confirm_good_condition -> rejected

story sent back in good condition
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller confirm_good_condition -> rejected
seller raise_dispute -> refused other_branch
provider complete -> completed

story disputed and settled
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller report_bad_condition -> dispute
dispute_manager settle 3000.00/1500.00 -> refused not_yet raise_dispute
seller raise_dispute -> disputed
dispute_manager settle 3000.00/1499.99 -> refused fact
dispute_manager settle -> refused fact
seller settle 3000.00/1500.00 -> refused not_yours dispute_manager
dispute_manager settle 3000.00/1500.00 -> dispute_resolved split
provider complete -> completed split

story the buyer withdraws from a dispute
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller report_bad_condition -> dispute
buyer withdraw -> dispute_resolved pay_seller

story the seller withdraws after filing
open atarapay USD 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller report_bad_condition -> dispute
seller raise_dispute -> disputed
seller withdraw -> dispute_resolved refund_buyer
dispute_manager settle 1/4499 -> refused too_late

story a part may be zero
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer reject -> awaiting_buyer_response
seller report_bad_condition -> dispute
seller raise_dispute -> disputed
dispute_manager settle 0/4500 -> dispute_resolved refund_buyer

story called off before and not after delivery
open atarapay NGN 4500.00
courier deliver -> awaiting_buyer_response
buyer cancel -> refused not_yet agree_second_delivery
buyer reject -> awaiting_buyer_response
buyer accept -> refused fact
buyer reject -> refused fact
seller agree_second_delivery -> pending_ii
buyer cancel -> cancelled
courier deliver -> refused ended

story called off by the seller
open atarapay NGN 4500.00
buyer accept -> refused not_yet deliver
seller cancel -> cancelled

story the other provider's words
open atarapay NGN 4500.00
merchant authorise -> refused other_provider
merchant capture 10 -> refused other_provider
clock expire -> refused other_provider
