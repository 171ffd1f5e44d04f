/** The part of NiceGUI's CodeMirror bundle that comes from @codemirror/language-data. */
declare module 'nicegui-codemirror' {
  import type { LanguageDescription } from '@codemirror/language'
  export const languages: readonly LanguageDescription[]
}
