# Each story is one order: `open PROVIDER CURRENCY AMOUNT`, then lines of
# `ACTOR ACTION [AMOUNT | SELLER/BUYER] [+MINUTES] -> STATUS` or `-> refused WHY [MOST | FIRST]`.
# Time moves only by `+MINUTES`.

story all canceled
open tamara SAR 300.00
provider approve -> approved
merchant authorise -> authorised
merchant cancel 300.00 -> canceled
merchant cancel 0.01 -> refused ended
merchant capture 1 -> refused ended
merchant refund 1 -> refused ended

story part canceled, the rest captured and refunded
open tamara SAR 300.00
provider approve -> approved
merchant authorise -> authorised
merchant cancel 100.00 -> updated
merchant cancel 50.00 -> refused too_late
merchant capture 200.01 -> refused amount 200.00
merchant capture 200.00 -> fully_captured
merchant refund 200.00 -> fully_refunded

story captured in parts, refunded in parts
open tamara SAR 300.00
provider approve -> approved
merchant authorise -> authorised
merchant capture 230.00 -> partially_captured
merchant capture 70.00 -> fully_captured
merchant refund 100.00 -> partially_refunded
merchant refund 200.00 -> fully_refunded
merchant refund 0.01 -> refused ended

story no cancellation after a capture
open tamara SAR 300.00
provider approve -> approved
merchant authorise -> authorised
merchant capture 230.00 -> partially_captured
merchant cancel 70.00 -> refused too_late

story all refunded while something is uncaptured
open tamara SAR 300.00
provider approve -> approved
merchant authorise -> authorised
merchant capture 230.00 -> partially_captured
merchant refund 230.00 -> partially_refunded
merchant capture 70.00 -> refused too_late
merchant refund 0.01 -> refused amount 0.00

story approved can only be authorised
open tamara SAR 300.00
merchant authorise -> refused not_yet approve
provider approve -> approved
provider decline -> refused too_late
merchant capture 300.00 -> refused not_yet authorise
merchant cancel 300.00 -> refused not_yet authorise
merchant refund 300.00 -> refused not_yet authorise
provider authorise -> refused not_yours merchant
courier deliver -> refused other_provider
dispute_manager settle 1/2 -> refused other_provider

story the clocks of a new order
open tamara AED 10.00
clock expire +29 -> refused time
clock expire +1 -> expired
provider approve -> refused ended

story the clocks of an approved order
open tamara KWD 12.345
provider approve +20 -> approved
clock expire +4319 -> refused time
clock expire +1 -> expired

story the clocks of an updated order count from authorisation
open tamara BHD 12.345
provider approve -> approved
merchant authorise +60 -> authorised
merchant cancel 2.345 +100 -> updated
clock expire +129499 -> refused time
clock expire +1 -> expired

story three decimals
open tamara KWD 12.345
provider approve -> approved
merchant authorise -> authorised
merchant capture 12.346 -> refused amount 12.345
merchant capture 0.001 -> partially_captured
merchant capture 12.344 -> fully_captured
clock expire +999999 -> refused too_late

story declined
open tamara OMR 1
provider decline -> declined
merchant capture 1 -> refused ended
