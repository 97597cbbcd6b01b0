// The style of a report: dark and light, narrow screens, print.

/**
 * What the page's policy allows, and nothing else: the SHA-256 of {@link STYLE} in base64. A test says what
 * it must be.
 */
export const STYLE_HASH = "sha256-rNyA7KMEU0HcXEOoVDPQbfApkse6zXLZGFHM8GOJfvQ=";

/** The only style of the page. The charts use its variables. */
export const STYLE = `:root{color-scheme:light dark;
--paper:#fff;--ink:#1b212c;--soft:#565f6e;--line:#dfe3e8;--card:#f5f6f8;--accent:#2058c9;
--used:#3b74d8;--track:#e7eaef;--running:#a9c1ee;--full:#d2452f;--gap:#8b94a3;
--heat0:#eceef1;--heat1:#c3e5d1;--heat2:#86cba4;--heat3:#3fa372;--heat4:#13704a}
@media (prefers-color-scheme:dark){:root{
--paper:#14171c;--ink:#e9ecf1;--soft:#a0a9b8;--line:#2d333d;--card:#1c2027;--accent:#8ab4ff;
--used:#5b93f5;--track:#272c35;--running:#34507f;--full:#f0715c;--gap:#788292;
--heat0:#20252d;--heat1:#133f2d;--heat2:#1b6546;--heat3:#2f9a6a;--heat4:#63d69d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:58rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.2rem;margin:0 0 .25rem;letter-spacing:-.01em}
h3{font-size:.95rem;margin:0}
p{margin:.25rem 0 1rem;text-wrap:pretty}
.soft{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:1rem 0 0;padding:0;font-size:.9rem}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
section{margin:2.75rem 0 0;scroll-margin-top:1rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.75rem;margin:1.5rem 0 0}
.facts div{background:var(--card);border-radius:10px;padding:.8rem 1rem;display:flex;flex-direction:column}
.facts dt{order:2;color:var(--soft);font-size:.875rem;line-height:1.35}
.facts dd{order:1;margin:0;font-size:1.6rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
figure{margin:1.1rem 0 0}
figcaption{font-size:.9rem;margin-bottom:.35rem;display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline;overflow-wrap:anywhere}
.scroll{overflow-x:auto;padding-bottom:2px}
svg{display:block;max-width:100%;height:auto;overflow:visible}
svg.wide{min-width:38rem}
svg text{font-family:inherit;font-variant-numeric:tabular-nums}
.key{display:flex;flex-wrap:wrap;gap:.15rem 1rem;list-style:none;margin:.5rem 0 0;padding:0;font-size:.85rem;color:var(--soft)}
.key li{display:flex;align-items:center;gap:.4rem}
.key svg{flex:none}
details{margin:.6rem 0 0;font-size:.9rem}
summary{cursor:pointer;color:var(--accent);width:fit-content}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.5rem 0 0}
caption{text-align:left;color:var(--soft);padding-bottom:.25rem}
th,td{padding:.25rem .8rem .25rem 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{color:var(--soft);font-weight:500;vertical-align:bottom}
th:first-child,td:first-child{text-align:left}
tbody th{font-weight:400}
footer{margin-top:3.5rem;padding-bottom:3rem;font-size:.85rem;color:var(--soft)}
footer p{border-top:1px solid var(--line);padding-top:1rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media (max-width:40rem){header{padding-top:1.5rem}.facts{grid-template-columns:1fr 1fr}.facts dd{font-size:1.3rem}h1{font-size:1.45rem}}
@media print{:root{color-scheme:light;
--paper:#fff;--ink:#000;--soft:#444;--line:#ccc;--card:#f5f6f8;--accent:#000;
--used:#3b74d8;--track:#e7eaef;--running:#a9c1ee;--full:#d2452f;--gap:#777;
--heat0:#eceef1;--heat1:#c3e5d1;--heat2:#86cba4;--heat3:#3fa372;--heat4:#13704a}
@page{margin:1.5cm}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
header,main,footer{max-width:none;padding:0}
nav,details:not([open]){display:none}
section{margin-top:1.5rem}
h2,figcaption{break-after:avoid}
figure,.facts div,tr{break-inside:avoid}
.scroll{overflow:visible}svg.wide{min-width:0}
table{font-size:.72rem}th,td{padding-right:.5rem}}
`;
