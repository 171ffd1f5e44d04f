// sources 7a15f681d96f6285dd5e57e6bc75b682898d23db2db58d0fd34ce75cc6687117
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
