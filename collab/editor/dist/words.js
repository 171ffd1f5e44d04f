// sources 67c7f0b2db878c0e6fbe05e39cb4a745d4a753489faa0bfa0466803395a0ca96
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
