// sources fd02cd3c0b1fd62dafc8f2d8e9b196f374de14f4aba398d3e6c17f19d5ef08d5
// bundle 4cab2b9725d77405a42070d06c71d5c746573252c6be81d7f8564520a66d5fdc
import{a,b,c}from"./chunk-NSMF5ULC.js";import"./chunk-OOJM4CTU.js";export{c as n,a as t,b as tn};
