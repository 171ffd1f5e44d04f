// What the browser says, in the language of the page: its head holds the words (collab/language/catalogue.py).
const LANGUAGE = globalThis.collabLanguage ?? "en";
const WORDS = globalThis.collabWords ?? {};
const RIGHT_TO_LEFT = /^(ar|he|fa|ur)$/.test(LANGUAGE);
const RULES = new Intl.PluralRules(LANGUAGE);
const NUMBERS = new Intl.NumberFormat(LANGUAGE === "en" ? "en-GB" : `${LANGUAGE}-u-nu-latn`);

/** These words in the language of the page, with each {name} in them replaced by its value. */
export function t(words, values) {
  return fill(WORDS[words] ?? words, values);
}

/** The words for one thing or for several, of which {number} is how many. */
export function tn(one, many, number, values) {
  const forms = WORDS[one] ?? { one, other: many };
  return fill(forms[RULES.select(number)] ?? forms.other, { number: n(number), ...values });
}

/** A number as this language writes it. */
export function n(number) {
  return NUMBERS.format(number);
}

// A name in a sentence that is written the other way keeps its own direction (UAX 9).
function fill(words, values) {
  if (!values) return words;
  return words.replace(/\{(\w+)\}/g, (_, name) => (RIGHT_TO_LEFT ? `\u2068${values[name]}\u2069` : String(values[name])));
}
