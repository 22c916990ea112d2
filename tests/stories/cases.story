# Ten disputes from the first complaint to the letter. A line says who does what, then the expected exit code and the
# queue of the case. `provider` lines are imported facts. `letter` lines check the text that the party reads.

story a broken seal is settled by a split
open ATP-101 4500.00 "Ngozi Eze" "Aba Leather"
ada next -> 0 working
ada case classify ATP-101 --reason damaged --claimed 1800 -> 0 working
ada case message ATP-101 --to buyer --wait "Please send photos of the seal and the packaging." -> 0 waiting_buyer
ben case answer ATP-101 --from buyer "The seal was broken when the courier came." -> 0 working
ada case note ATP-101 "photos checked against the listing" -> 0 working
ada case check ATP-101 1 -> 0 working
ada case decide ATP-101 --to-seller 60% --rationale "broken on the way, goods usable" -> 0 unpaid
ada case pay ATP-101 --to seller --sent -> 0 unpaid
ada case pay ATP-101 --to seller --confirm TRF-1 -> 0 unpaid
ada case pay ATP-101 --to buyer --confirm TRF-2 -> 0 closed
letter buyer "You receive NGN 1,800.00 of the NGN 4,500.00" "reported as: damaged" "The reason for our decision: the item arrived damaged, and can still be used in part." "The seal was broken when the courier came." "Its reference is TRF-2."
letter seller "You receive NGN 2,700.00"

story nothing was delivered, and the seller is silent
open ATP-102 90000.00 "Hauwa Bello" "Lekki Decor"
ada case claim ATP-102 -> 0 working
ben case claim ATP-102 -> 5
ada case classify ATP-102 --reason not_delivered -> 0 working
ada case message ATP-102 --to seller --wait "Please send the courier's proof of delivery." -> 0 waiting_seller
ada case decide ATP-102 --refund-buyer --rationale x -> 4
ada case decide ATP-102 --refund-buyer --rationale x --without-answer "three days of silence" -> 0 unpaid
ada case pay ATP-102 --confirm TRF-3 -> 0 closed
letter buyer "You receive NGN 90,000.00: the full amount held"
letter seller "You receive nothing" "Please send the courier's proof of delivery."

story a large decision needs two people
open ATP-103 2500000.00 "Tunde Balogun" "Ikeja Phones"
ada case decide ATP-103 --pay-seller --reason wrong_item --rationale "serial numbers match" -> 0 proposed
ada case approve ATP-103 -> 4
ben case reject ATP-103 --reason "which serial numbers?" -> 0 working
ada case decide ATP-103 --pay-seller --reason wrong_item --rationale "IMEI on the box and on the photo" -> 0 proposed
ben case approve ATP-103 -> 0 unpaid
ada case pay ATP-103 --confirm TRF-4 -> 0 closed
letter seller "You receive NGN 2,500,000.00: the full amount held"

story the buyer withdraws while someone decides
open ATP-104 12000.00 "Ọlámídé Àjàyí" "Aba Shoes"
ada case claim ATP-104 -> 0 working
provider ATP-104 buyer withdraw -> unpaid
ada case decide ATP-104 --refund-buyer --reason other --rationale x -> 5
provider ATP-104 provider complete -> closed
letter seller "was withdrawn" "You receive NGN 12,000.00: the full amount held"

story the seller withdraws
open ATP-105 7700.00 "Bola Ige" "Kano Textiles"
provider ATP-105 seller withdraw -> unpaid
ada case pay ATP-105 --sent -> 0 unpaid
ada case pay ATP-105 --failed "account closed" -> 0 failed
ada case pay ATP-105 --confirm TRF-5 -> 4
ada case pay ATP-105 --reopen -> 0 unpaid
ada case pay ATP-105 --confirm TRF-6 -> 0 closed
ada case pay ATP-105 --confirm TRF-6 -> 0 closed
ada case pay ATP-105 --confirm TRF-7 -> 5
letter buyer "You receive NGN 7,700.00" "TRF-6"

story handed over, then taken over
open ATP-106 33000.00 "Kemi Ade" "Ibadan Books"
ada case claim ATP-106 -> 0 working
ada case hand-over ATP-106 --to ben --note "I know the seller" -> 0 working
ada case message ATP-106 --to buyer "hello" -> 5
ada case claim ATP-106 --reason "ben is ill" -> 0 working
ada case release ATP-106 -> 0 working
ben case decide ATP-106 --to-seller 11000 --to-buyer 22000 --reason missing_parts --rationale "a third is missing" -> 0 unpaid
ben case pay ATP-106 --to buyer --confirm TRF-8 -> 0 unpaid
provider ATP-106 provider complete -> closed
letter buyer "You receive NGN 22,000.00" "TRF-8"

story the parts have to add up to the whole
open ATP-107 45.01 "Ada Obi" "Jos Market"
ada case decide ATP-107 --to-seller 30 --to-buyer 15 --reason other --rationale x -> 4
ada case decide ATP-107 --to-seller 45.011 --reason other --rationale x -> 4
ada case decide ATP-107 --to-seller 50 --reason other --rationale x -> 4
ada case decide ATP-107 --to-seller 50% --to-buyer 50% --reason nonsense --rationale x -> 4
ada case decide ATP-107 --to-seller 50% --to-buyer 50% --reason other --rationale " " -> 4
ada case decide ATP-107 --to-seller 50% --to-buyer 50% --reason other --rationale x --say-buyer "You receive NGN 40.00." -> 4
ada case decide ATP-107 --to-seller 50% --to-buyer 50% --reason other --rationale "half each" -> 0 unpaid
letter buyer "You receive NGN 22.51"
letter seller "You receive NGN 22.50"

story new facts make a proposal out of date
open ATP-108 3000000.00 "Sade Cole" "Lagos Cars"
ada case decide ATP-108 --refund-buyer --reason not_as_described --rationale "the year is wrong" -> 0 proposed
ben case answer ATP-108 --from seller "The papers say 2014." -> 0 proposed
ben case approve ATP-108 -> 5
ada case retract ATP-108 -> 0 working
ada case decide ATP-108 --to-seller 50% --to-buyer 50% --reason not_as_described --rationale "papers and listing differ" -> 0 proposed
ben case approve ATP-108 -> 0 unpaid
letter seller "You receive NGN 1,500,000.00" "The papers say 2014."

story a return that was refused
open ATP-109 18250.50 "Musa Danjuma" "Enugu Tools"
ada case classify ATP-109 --reason return_refused -> 0 working
ben case decide ATP-109 --pay-seller --rationale x -> 5
ada case decide ATP-109 --to-buyer 8250.50 --rationale "half of it was sent back" -> 0 unpaid
provider ATP-109 provider complete -> closed
letter seller "You receive NGN 10,000.00"

story in words of our own
open ATP-110 5000.00 "Efe Omo" "Warri Crafts"
ada case decide ATP-110 --refund-buyer --reason other --rationale "goodwill" --say-buyer "We are sorry. All of it comes back to you." --say-seller "We refunded the buyer." -> 0 unpaid
letter buyer "We are sorry. All of it comes back to you. (NGN 5,000.00)"
letter seller "We refunded the buyer."
