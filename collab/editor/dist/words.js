// sources 9a4818fcbbb8c9126bf2f0ad13be86e39d65b37d42c973f8741632857a64fe37
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
