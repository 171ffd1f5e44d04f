// sources 64330f145c80cac75621e2a0bac1cc7154905e6fde06e9ae9835b9a8bdd17492
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
