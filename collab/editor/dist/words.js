// sources 165909caa137ccaa380e763aa3f3dc4be16db48bf359cd8d9071ab5851c870db
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
