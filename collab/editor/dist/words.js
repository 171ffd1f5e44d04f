// sources a4c30e31ac506fed50f8609644248067c8c3c5dee883cff51f451c5fc9c2e5a9
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
