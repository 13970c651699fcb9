// The guide's one style sheet. No script, no font, no picture from elsewhere; light and dark by the reader's own setting.

/** The whole style sheet, served beside the pages so that their policy can forbid every style within them. */
export const GUIDE_STYLE = `
:root{color-scheme:light dark;--page:#f4f6fa;--card:#fff;--text:#1c2430;--soft:#4c5a6d;--line:#d5dde8;--accent:#1f5fc4;--warn:#8a4b00;--warnpage:#fff5e6}
@media (prefers-color-scheme:dark){:root{--page:#14181f;--card:#1d232d;--text:#e9eef5;--soft:#b4c0cf;--line:#38424f;--accent:#86b4ff;--warn:#ffc98a;--warnpage:#33271a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:1.0625rem/1.55 "Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
.skip{position:absolute;left:-100vw;top:0;padding:.75rem 1rem;background:var(--card);color:var(--accent)}
.skip:focus{left:0;z-index:1}
.bar{max-width:58rem;margin:0 auto;padding:1rem 1.25rem 0;display:flex;flex-wrap:wrap;gap:.5rem 1rem;justify-content:space-between;align-items:center}
.home{display:inline-flex;min-width:0;gap:.5rem;align-items:center;font-weight:600;text-decoration:none;min-height:2.75rem}
.mark{width:1.6rem;height:1.8rem;flex:none}
.languages ul{display:flex;gap:.25rem;margin:0;padding:0;list-style:none}
.languages a,.languages span{display:inline-block;padding:.5rem .75rem;border-radius:.5rem;min-height:2.75rem;line-height:1.75rem}
.languages [aria-current]{font-weight:600;background:var(--card);border:1px solid var(--line);color:var(--text);line-height:1.65rem}
main{max-width:58rem;margin:0 auto;padding:.5rem 1.25rem 2rem}
h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.3rem);line-height:1.2;margin:.75rem 0 .5rem;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.3;margin:2rem 0 .75rem}
h3{font-size:1.05rem;margin:0 0 .25rem}
p{margin:.5rem 0}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:.2rem}
.lead{font-size:1.15rem;color:var(--soft);max-width:44rem}
.panel{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin:1rem 0}
.panel>h2:first-child{margin-top:0}
.warn{background:var(--warnpage);border-color:var(--warn)}
.warn h2{color:var(--warn)}
.address{font-size:1.25rem;font-weight:600;display:inline-block;padding:.35rem 0}
ul.methods{list-style:none;margin:1rem 0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr))}
ul.methods li{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem;display:flex;flex-direction:column;position:relative}
ul.methods li:hover{border-color:var(--accent)}
ul.methods a::after{content:"";position:absolute;inset:0}
ul.methods .minutes{margin-top:auto;padding-top:.5rem;color:var(--soft);font-size:.95rem}
ul.methods h3{font-size:1.15rem;margin-top:.5rem}
img{max-width:100%;height:auto;display:block}
ul.methods img{width:11rem;margin:0 auto}
ol.steps{list-style:none;counter-reset:step;margin:0;padding:0;display:grid;gap:1rem}
ol.steps>li{counter-increment:step;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem 1rem 4rem;position:relative;display:grid;gap:1rem;grid-template-columns:minmax(0,1fr);align-items:center}
ol.steps>li::before{content:counter(step);position:absolute;left:1rem;top:1rem;width:2rem;height:2rem;border-radius:50%;background:var(--accent);color:var(--card);font-weight:700;display:grid;place-items:center}
ol.steps>li.pictured{grid-template-columns:minmax(0,1fr) 13rem}
ol.steps p{margin:.2rem 0}
dt{font-weight:600;margin-top:.9rem}
dt:first-child{margin-top:0}
dd{margin:.15rem 0 0;color:var(--soft)}
.lost{display:grid;gap:1rem 1.5rem;grid-template-columns:minmax(0,1fr) 11rem;align-items:center}
.lost ul{margin:0}
footer{max-width:58rem;margin:0 auto;padding:1rem 1.25rem 2.5rem;color:var(--soft);font-size:.95rem;border-top:1px solid var(--line)}
@media (max-width:40rem){ol.steps>li.pictured,.lost{grid-template-columns:minmax(0,1fr)}ol.steps>li{padding:1rem 1rem 1rem 3.75rem}ol.steps img{width:12rem}.lost img{width:10rem}main,.bar,footer{padding-left:1rem;padding-right:1rem}}
@media print{:root{--page:#fff;--card:#fff;--text:#000;--soft:#222;--line:#999;--accent:#000;--warn:#000;--warnpage:#fff}body{font-size:11pt}.languages,.skip,.others{display:none}main,.bar,footer{max-width:none}ol.steps>li,.panel,ul.methods li{break-inside:avoid}ol.steps>li::before{border:1px solid #000;background:#fff;color:#000}a[href^="https://"]::after{content:" (" attr(href) ")";font-size:.85em;word-break:break-all}ul.methods a::after{content:none}.address::after{content:none}}
`.trim();
