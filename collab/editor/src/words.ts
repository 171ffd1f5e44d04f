/** What the browser says, in the language of the page: its head brings the words (collab/language/catalogue.py). */

type Values = Record<string, string | number>
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

interface Spoken {
  collabLanguage?: string
  collabWords?: Record<string, string | Forms>
}

const { collabLanguage: language = 'en', collabWords: words = {} } = globalThis as Spoken
const rightToLeft = /^(ar|he|fa|ur)$/.test(language)
const rules = new Intl.PluralRules(language)
const numbers = new Intl.NumberFormat(language === 'en' ? 'en-GB' : `${language}-u-nu-latn`)

/** These words in the language of the page, with each {name} in them replaced by its value. */
export const t = (said: string, values?: Values): string => fill((words[said] as string | undefined) || said, values)

/** The words for one thing or for several, of which {number} is how many. */
export const tn = (one: string, many: string, number: number, values?: Values): string => {
  const forms = (words[one] as Forms | undefined) ?? { one, other: many }
  return fill(forms[rules.select(number)] ?? forms.other, { number: n(number), ...values })
}

/** A number as this language writes it. */
export const n = (number: number): string => numbers.format(number)

/** A name in a sentence that is written the other way keeps its own direction (UAX 9). */
function fill(said: string, values?: Values): string {
  if (!values) return said
  return said.replace(/\{(\w+)\}/g, (_, name: string) => (rightToLeft ? `\u2068${values[name]}\u2069` : String(values[name])))
}
