// sources b1bd54f719e722d8837704dc3267767862b159761d39a2f5c4068fa6cc5bee53
// bundle dfb8e1e9234961dc7d5cc3cb7a74aefbc4e9596bb56be6929d43f660dbe5d549
var{collabLanguage:e="en",collabWords:l={}}=globalThis,u=/^(ar|he|fa|ur)$/.test(e),i=new Intl.PluralRules(e),a=new Intl.NumberFormat(e==="en"?"en-GB":`${e}-u-nu-latn`),b=(r,n)=>g(l[r]||r,n),f=(r,n,s,t)=>{let o=l[r]??{one:r,other:n};return g(o[i.select(s)]??o.other,{number:c(s),...t})},c=r=>a.format(r);function g(r,n){return n?r.replace(/\{(\w+)\}/g,(s,t)=>u?`⁨${n[t]}⁩`:String(n[t])):r}export{b as a,f as b,c};
