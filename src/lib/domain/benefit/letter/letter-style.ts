/**
 * How a letter is laid out, on paper and on a screen. The recipient stands in the window of C5 and E65
 * envelopes when the page is folded: 24 mm from the left, 48 to 68 mm from the top, which every such window
 * shows. Page numbers come from the browser that prints; one without margin boxes leaves them out.
 */
export const letterStyle = `
@page { size: A4; margin: 15mm 20mm 18mm 20mm; @top-right { content: counter(page) " (" counter(pages) ")"; font: 10pt Arial, "Liberation Sans", sans-serif; } }
* { box-sizing: border-box; }
html { background: #fff; color: #000; font: 11pt/1.35 Arial, "Liberation Sans", Helvetica, sans-serif; }
body { margin: 0; overflow-wrap: break-word; }
header { position: relative; height: 75mm; }
.sender { position: absolute; top: 0; left: 0; width: 85mm; font-size: 10pt; }
.about { position: absolute; top: 0; left: 95mm; width: 70mm; }
.about dl { display: grid; grid-template-columns: auto 1fr; gap: 0 4mm; margin: 2mm 0 0; font-size: 10pt; }
.about dd { margin: 0; }
.recipient { position: absolute; top: 33mm; left: 4mm; width: 80mm; height: 21mm; overflow: hidden; line-height: 5mm; }
h1 { margin: 0 0 4mm; font-size: 15pt; line-height: 1.2; }
h2 { margin: 5mm 0 1.5mm; font-size: 12pt; break-after: avoid; }
h3 { margin: 3.5mm 0 1mm; font-size: 11pt; break-after: avoid; }
p, ul { margin: 0 0 2mm; orphans: 2; widows: 2; }
ul { padding-left: 6mm; }
.decision, .last-day { font-weight: bold; }
.last-day { font-size: 13pt; }
.redress { break-before: page; }
.redress > h2 { margin-top: 0; font-size: 15pt; }
.draft { position: fixed; top: 0; left: 0; right: 0; margin: 0; text-align: center; font-weight: bold; letter-spacing: 0.1em; color: #a1261f; z-index: 1; }
@media screen { body { width: 210mm; max-width: 100%; min-height: 297mm; margin: 0 auto; padding: 15mm min(20mm, 6vw) 18mm; } .draft { padding: 2mm; background: #fbe9e7; } .redress { margin-top: 12mm; padding-top: 8mm; border-top: 1px solid #6f858e; } }
@media screen and (max-width: 150mm) { header { height: auto; } .sender, .about, .recipient { position: static; width: auto; height: auto; margin-bottom: 6mm; } }
`;
