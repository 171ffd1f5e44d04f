// sources 7a15f681d96f6285dd5e57e6bc75b682898d23db2db58d0fd34ce75cc6687117
// bundle dfb8e1e9234961dc7d5cc3cb7a74aefbc4e9596bb56be6929d43f660dbe5d549
var{collabLanguage:e="en",collabWords:l={}}=globalThis,u=/^(ar|he|fa|ur)$/.test(e),i=new Intl.PluralRules(e),a=new Intl.NumberFormat(e==="en"?"en-GB":`${e}-u-nu-latn`),b=(r,n)=>g(l[r]||r,n),f=(r,n,s,t)=>{let o=l[r]??{one:r,other:n};return g(o[i.select(s)]??o.other,{number:c(s),...t})},c=r=>a.format(r);function g(r,n){return n?r.replace(/\{(\w+)\}/g,(s,t)=>u?`⁨${n[t]}⁩`:String(n[t])):r}export{b as a,f as b,c};
