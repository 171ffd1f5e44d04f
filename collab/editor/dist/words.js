// sources 03e59c5085d1752a5bd6e3ec79b5e3e99407aed899d4471787ea89accacb9186
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
