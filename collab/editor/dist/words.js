// sources 602ae1d50608d25c7455e82a37353092c96b7da367181ffdf2d38485286e364f
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
