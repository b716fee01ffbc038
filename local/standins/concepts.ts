/**
 * Words that mean about the same to somebody who asks a business something, as an embedding model would know. One line a
 * concept; the first word names it. General English, not any tenant's vocabulary.
 */
import { stemOf } from "./stem.ts";

const groups = `
price cost costs fee charge rate expensive cheap tariff pricing
pay payment paid
card visa mastercard amex
refund reimburse reimbursement moneyback
return returned returning sendback
ship shipping shipment deliver delivery delivered dispatch dispatched courier post postage mail
cancel cancellation cancelled call-off terminate termination
buy purchase order ordered ordering
book booking booked reserve reservation reserved appointment
open opening opened hours
close closed closing shut
broken damaged faulty defective defect crack cracked damage
fix repair repaired mend
exchange swap replace replacement
guarantee warranty warranties
discount coupon voucher promo promotion offercode reduction
child children kid kids toddler baby infant
car vehicle auto parking park
bike bicycle cycle cycling
dog dogs cat pet pets puppy animal
food meal eat eating
vegan vegetarian plantbased
allergy allergic allergen intolerance
phone telephone call ring
email e-mail mailbox
contact reach
location address located situated where
buggy pram stroller
wheelchair accessible accessibility disabled disability
start begin beginning commence
end finish expire expiry expires expiration
change modify amend alter edit reschedule move
wash washing clean cleaning cleaned launder laundry
waterproof waterproofing water-resistant
size sizing fit dimension dimensions
weight weigh heavy kg
temperature degrees hot warm heat
cold cool freeze frozen freezer
late delay delayed overdue
early earlier
lost missing lose
stolen theft steal
password passcode pin
account login signin profile
member membership subscribe subscription subscriber
business company corporate firm
foreign abroad international overseas worldwide
country nation
doctor physician gp
medicine medication drug
insurance insure insured
invoice bill billing receipt
tax vat
salary wage
job vacancy career hiring employ
rent hire rental lease borrow
store shop branch showroom outlet
staff employee team crew
beginner novice newcomer
teacher instructor tutor trainer coach
class lesson course workshop session
age old years older
safe safety secure
security
maximum limit most
minimum least
photo picture image
free complimentary gratis
collect collection pickup
gift present
quick fast express urgent
customer client
privacy gdpr
weekend saturday sunday
`;

let stems: Map<string, string> | undefined;

/** @returns the concept of a stem, or the stem itself when it shares its meaning with no other. */
export function conceptOf(stem: string): string {
  stems ??= new Map(
    groups
      .trim()
      .split("\n")
      .flatMap((line) => {
        const words = line.trim().split(" ");
        return words.map((word) => [stemOf(word), `=${words[0]}`] as const);
      }),
  );
  return stems.get(stem) ?? stem;
}
