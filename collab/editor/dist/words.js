// sources ddba33c80758d9cdfe966be6aa944957cbd390582acaa3850f9cfdf220e9f7d8
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
