// sources c792c7d9da5fba5b0d415e6bd006887210d1d49b58e4b8a1a851b351ed54e18b
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
