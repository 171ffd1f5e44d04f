// sources 95af52efc3346bf2eb2ac7e915ec3af185133ea405a1ac3cf1fb81151b4754b3
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
