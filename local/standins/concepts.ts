/**
 * What an embedding model knows and a word list must be told: which words people use for one thing when they ask a business
 * something. One line a concept, its name first; a word may stand in several. Phrases are joined by a hyphen.
 */
import { stemOf } from "./stem.ts";

const groups = `
price cost fee charge rate expensive cheap tariff pricing surcharge how-much
extra additional supplement surcharge further add top
pay payment paid settle
card visa mastercard amex credit debit contactless
cash coin banknote
check cheque
deposit prepay prepayment upfront advance-payment
refund reimburse money-back credit
discount reduction coupon voucher promo offer deal cheaper
free complimentary gratis included
cancel cancellation quit terminate termination stop unsubscribe call-off back-out
change modify amend alter edit reschedule move switch postpone rebook
book booking reserve reservation appointment schedule slot
buy purchase order
keep hold retain store hang-on
night overnight evening
return bring-back give-back hand-back drop-off drop send-back coming-back
collect collection pickup pick-up fetch
deliver delivery ship shipping dispatch courier post mail parcel
lost missing lose forgot left-behind mislaid
stolen theft steal nicked thief rob pinched swiped
broken damage damaged faulty defective crack snap broke break
repair fix mend service servicing maintenance overhaul
replace replacement exchange swap substitute
guarantee warranty
insurance insure cover policy insurer
accident crash collision fall
injury injure hurt harm
police officer authority
puncture flat
tire tyre
breakdown stranded rescue roadside assistance
battery charge charging charger
power assist motor engine
range distance far kilometer mile km
bike bicycle cycle
ebike e-bike electric pedelec
child children kid son daughter toddler baby infant boy girl
teen teenager adolescent young youth minor
adult grown-up grownup
age old older year younger how-old
senior elderly pensioner retired
parent mother father guardian mum mom dad
family household
group party team company colleague outing
school class pupil student
lesson course class training workshop teach instructor
tour guide guided excursion trip
route ride path trail road
weather rain rainy snow storm wind forecast
animal dog cat pet puppy
bag luggage suitcase pannier backpack baggage
toilet restroom bathroom wc
parking park garage
car vehicle auto
train rail station railway
bus transit coach
walk foot stroll walking
address location located find-you direction where
open opening hours
close closed shut holiday
weekend saturday sunday
weekday monday tuesday wednesday thursday friday
noon midday lunch lunchtime
morning early
late delay delayed held-up stuck overdue running-late
wait waiting queue
license licence permit
identity id passport identification proof
form paperwork questionnaire
complete fill finish
copy printout print duplicate
record file history chart
privacy data personal gdpr information
delete erase erasure remove
camera cctv video recording footage film surveillance
phone telephone call ring number
text sms message
email e-mail mail
contact reach get-in-touch
reply answer respond response
human person someone staff employee
complaint complain unhappy dissatisfied
language speak spanish french translator translate translation interpreter
deaf hearing sign-language asl
blind vision sight
wheelchair accessible accessibility disabled disability ramp step stair lift elevator
calm quiet quieter noise noisy loud bright light sensory autism autistic
anxious anxiety nervous afraid scared fear fright phobia worry
sedation sedate sedative asleep sleep gas nitrous
numb anesthetic anaesthetic anesthesia injection needle
pain painful ache sore toothache hurt
urgent emergency immediately asap right-away
swell swelling swollen
tooth teeth
dentist doctor hygienist
clean cleaning wash hygiene
exam examination checkup check-up visit
xray x-ray radiograph imaging scan
cavity filling decay
whiten whitening bleach whiter
align aligner brace straighten orthodontic
guard mouthguard retainer grind grinding
pregnant pregnancy expecting
medicine medication drug prescription antibiotic
allergy allergic allergen intolerance
seat trailer buggy stroller pram
claim benefit coverage
refer referral specialist surgeon
opinion second-opinion
member membership subscribe subscription subscriber join
installment instalment monthly finance financing
owe balance outstanding unpaid debt
bill invoice receipt statement
tax vat
send sent submit forward transfer
gift present
used second-hand secondhand pre-owned refurbished
sell sale trade-in
new brand-new first-time
size dimension big small large tall height
weight heavy kilo kg pound
waterproof waterproofing water-resistant
hot warm heat temperature
cold cool freeze frozen
food meal eat eating snack
drink coffee beverage
wifi wi-fi internet
photo picture image
smoke smoking cigarette
alcohol drunk beer wine
safe safety secure danger dangerous unsafe
allow allowed permitted forbidden prohibit banned
permission consent authorize authorization written
require required must necessary mandatory compulsory
minimum least
maximum most limit
fast quick quickly express speed rush
same-day today
near nearby next-to beside
outside outdoor
talk speak discuss tell
notice advance ahead beforehand
deadline latest by-when how-soon
duration how-long lasting
often every regular frequency
money cash
account profile
password login sign-in
website site online web app
job vacancy career hiring employ
business company corporate firm commercial
foreign abroad international overseas
doctor physician gp
rent rental hire lease borrow
shop store branch showroom premises
beginner novice newcomer first-time
lock locked chain
helmet headgear
saddle seat
brake braking
pedal pedalling
cargo load carry carrying transport
adjust adjustment fitting fit
spare part component
ferry boat harbor harbour
beach coast sea
map navigation gps
chat bot ai assistant robot
portal account login
veteran military
nurse assistant
extract extraction pull
implant denture bridge
gum gingival periodontal
floss brush brushing
plan scheme
period term
expire expiry expiration lapse
start begin commence
end finish
minute min
hour hr
week weekly
month monthly
day daily
gone vanished disappeared
worn wear
borrow lend
split share divide
tip gratuity
lawyer legal court
neighbor neighbour
color colour
center centre
theater theatre
break fracture chip chipped crack split
leave depart departure depart-from
arrive arrival arriving get-there reach
trip journey travel travelling vacation holiday
hotel accommodation cottage apartment lodging guesthouse stay
passenger rider traveller
swim bathe sea
bring take-along carry
take borrow
see look view inspect
choose pick select choice preference
recommend suggest suggestion advise advice best
difference differ compare versus better
compatible fit work-with
kind type sort model brand make
stock in-stock available availability sold-out
wrong mistake error incorrect
problem issue trouble difficulty fault
speak-to talk-to contact
transfer move hand-over
confirm confirmation confirmed
remind reminder reminded
invite friend guest companion bring-someone plus-one
couple partner spouse husband wife
woman women female
man men male
wedding hen stag birthday party celebration celebrate
team-building corporate outing
winter snow ice
summer season seasonal peak
christmas easter holiday bank-holiday public-holiday
sunrise sunset dawn dusk dark darkness
hill steep climb mountain uphill
flat level easy gentle
hard difficult demanding tough
fit fitness stamina exercise
drop crash fall
wheel rim spoke
gear gears derailleur shifting drivetrain
light lamp lights
comfortable comfort soft
wet water rain
dirty mud clean
dry drying
inflate pump pressure air
oil lubricate grease lubrication
tool wrench toolkit
bottle flask
phone-holder mount holder
trailer tow
tandem two-seater
width wide narrow
height tall short
inspect check checkup
measure measurement
trade exchange
test try try-out trial test-ride demo
warrant guarantee
quote estimate quotation
hidden surprise
tip hint
worth value valuable
lend borrow
apply application
eligible qualify entitled eligibility
prove proof evidence certificate
sign signature signed
passport id
address-change move moved
surname name married
birth born birthday
gender pronoun
security safe
lawsuit court lawyer
photo headshot
mouth oral jaw
tongue lip cheek
face facial
sensitive sensitivity
bleed bleeding blood
infect infection infected abscess
root canal endodontic
enamel surface
stain stained yellow discolored
bite chew chewing biting
loose wobbly wiggle
knock knocked out
heal healing recover recovery
before-surgery fasting empty-stomach
dizzy faint
heart cardiac
diabetes diabetic
cancer tumor chemotherapy
screen screening
vaccine vaccinated
mask covid
sick ill illness fever cold flu unwell
medical health condition
vet veterinarian
massage relax relaxation
music headphone television tv movie
blanket pillow
child-care childcare babysit
sibling brother sister
grandchild grandparent grandmother grandfather
first initial
second another
frequency often twice
yearly year annual annually
quarter quarterly
half partial
total altogether sum
percent percentage share
average typical typically usually
exact exactly precise
approximate roughly about
hurry rush
ahead advance
tomorrow next-day
yesterday past
tonight evening
weeknight weekday
sunday sabbath
cross bridge
island isle
city town village
forest wood park
museum castle attraction sight sightseeing
view viewpoint scenic
picnic lunch food
pub restaurant cafe
supermarket grocery store
bank atm
post-office mail
airport flight plane
taxi cab uber lift
ferry boat sail sailing
scooter moped
wheel-chair wheelchair
elevator lift
entrance door entry
counter desk reception front-desk
waitlist waiting-list
cancel-fee no-show missed miss
penalty fine fee
interest apr
tax-free vat
hsa fsa
medicare medicaid
student school
donate charity donation
recycle environment green sustainable
carbon emission climate
story history founded since
owner own belongs
hours-of-work shift
train-station station
pass ticket boarding
`;

/** The concepts that there are, each once. */
export const conceptNames: readonly string[] = [
  ...new Set(
    groups
      .trim()
      .split("\n")
      .map((line) => `=${line.split(" ")[0]}`),
  ),
];

let byStem: Map<string, string[]> | undefined;
let joined: Map<string, string> | undefined;

function load(): { concepts: Map<string, string[]>; phrases: Map<string, string> } {
  if (byStem !== undefined && joined !== undefined) return { concepts: byStem, phrases: joined };
  byStem = new Map();
  joined = new Map();
  for (const line of groups.trim().split("\n")) {
    const [name = "", ...others] = line.split(" ");
    for (const word of [name, ...others]) {
      const plain = word.replaceAll("-", "");
      if (plain !== word) joined.set(word.replaceAll("-", " "), plain);
      const stem = stemOf(plain);
      byStem.set(stem, [...(byStem.get(stem) ?? []), `=${name}`]);
    }
  }
  return { concepts: byStem, phrases: joined };
}

/** @returns the concepts that a stem stands for, none when it shares its meaning with no other. */
export function conceptsOf(stem: string): readonly string[] {
  return load().concepts.get(stem) ?? [];
}

/** @returns `words` with the phrases that the table knows as one word each. */
export function joinPhrases(words: readonly string[]): string[] {
  const { phrases } = load();
  const result: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [first = "", second = "", third = ""] = words.slice(at, at + 3);
    const pair = phrases.get(`${first} ${second}`);
    const triple = phrases.get(`${first} ${second} ${third}`);
    if (triple !== undefined) at += 2;
    else if (pair !== undefined) at += 1;
    result.push(triple ?? pair ?? first);
  }
  return result;
}
