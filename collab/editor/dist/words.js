// sources 5a917f3c8e7662ff3f0b56888acbc9d8fddb7c687a2d45fd127542066a4c1287
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
