import DescentGraph

/// The report's style sheet: no fonts or images from anywhere, light and dark, down to phone width, and print.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--bg:#fff;--ink:#1b2028;--soft:#5c6675;--rule:#e3e6eb;\
    --panel:#f6f7f9;--target:#5c6675}
    @media screen and (prefers-color-scheme:dark){
    :root{--bg:#13161b;--ink:#e8ebf0;--soft:#9aa4b2;--rule:#2b313a;--panel:#1b1f26;--target:#b0b8c4}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
    main{max-width:1240px;margin:0 auto;padding:40px 28px 64px}
    h1{font-size:1.75rem;line-height:1.2;margin:0 0 14px;letter-spacing:-.015em;\
    text-wrap:balance;overflow-wrap:anywhere}
    h2{font-size:1.2rem;margin:0 0 6px;letter-spacing:-.005em}
    h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
    section{margin-top:48px}
    p{margin:0 0 10px}
    .headline{font-size:1.15rem;text-wrap:pretty;line-height:1.45;max-width:62em;overflow-wrap:anywhere}
    .speed,.about{max-width:62em;overflow-wrap:anywhere}
    .about,.note,.muted,small,dt{color:var(--soft)}
    .note,.empty{font-size:.875rem;max-width:70em}
    .empty{padding:24px 0}
    code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.875rem}
    pre{background:var(--panel);border-radius:6px;padding:12px 14px;margin:0 0 18px;white-space:pre-wrap;\
    overflow-wrap:anywhere}
    .facts{display:flex;flex-wrap:wrap;gap:10px 32px;margin:18px 0 0}
    .facts dt{font-size:.8125rem}
    .facts dd{margin:0;overflow-wrap:anywhere}
    .ranking{margin-top:16px}
    .rankrow{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr 18rem;gap:0 18px;align-items:center}
    .rankrow+.rankrow:not(.axisrow){border-top:1px solid var(--rule)}
    .rankname{display:flex;gap:8px;min-width:0}
    .rankname b{overflow-wrap:anywhere;font-weight:600}
    .place{font-style:normal;color:var(--soft);min-width:1.4em;text-align:right}
    .rankvalue{line-height:1.25;padding:5px 0;min-width:0}
    .rankvalue b{font-weight:600}
    .rankvalue small{display:block;font-size:.8125rem}
    .axisrow .rankvalue{font-size:.8125rem}
    svg.rank{display:block;overflow:visible}
    .grid{stroke:var(--rule);stroke-width:1}
    .axis{stroke:var(--soft);stroke-width:1}
    .tick{fill:var(--soft);font-size:12px}
    .name{fill:var(--ink);font-size:12.5px}
    .whisker{stroke:var(--c);stroke-width:1.5;opacity:.75}
    .seed{fill:var(--bg);stroke:var(--c);stroke-width:1.75;fill-opacity:.7}
    .mean{stroke:var(--c);stroke-width:3.5}
    .legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 6px;margin:0 0 10px;padding:0}
    .key{display:flex;align-items:center;gap:7px;font-size:.875rem;padding:3px 8px 3px 0;border-radius:5px}
    .js .key{cursor:pointer;padding-left:8px;user-select:none}
    .js .key:hover,.js .key:focus-visible{background:var(--panel)}
    .key.off{opacity:.4;text-decoration:line-through}
    .charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:26px 30px}
    figure{margin:0}
    svg.chart{display:block;width:100%;height:auto;touch-action:pan-y}
    .line,.thin{fill:none;stroke:var(--c);stroke-linejoin:round;stroke-linecap:butt}
    .line{stroke-width:2}
    .thin{stroke-width:1;opacity:.8}
    .band{fill:var(--c);opacity:.11}
    .dot{fill:var(--c)}
    .cross{fill:none;stroke:var(--c);stroke-width:2.5}
    .leader{fill:none;stroke:var(--c);stroke-width:1;opacity:.6}
    .label{fill:var(--c);fill:color-mix(in srgb,var(--c) 72%,var(--ink));\
    font-size:12px;font-weight:600;paint-order:stroke;stroke:var(--bg);stroke-width:3px;\
    stroke-linejoin:round}
    .target{stroke:var(--target);stroke-width:1.25;stroke-dasharray:5 4}
    .targetname{fill:var(--target);font-size:12px;paint-order:stroke;stroke:var(--bg);stroke-width:3px}
    svg.chart [data-s].off{display:none}
    svg.chart.focus [data-s]:not(.hot){opacity:.16}
    svg.chart .hot .line{stroke-width:3}
    #tip{position:fixed;pointer-events:none;background:var(--ink);color:var(--bg);font-size:.8125rem;line-height:1.35;\
    padding:5px 9px;border-radius:5px;z-index:2;max-width:16rem}
    .scroll{overflow-x:auto;margin:10px 0 12px}
    table{border-collapse:collapse;font-size:.875rem;width:100%}
    th,td{padding:7px 10px;text-align:right;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}
    th{font-weight:600;color:var(--soft);vertical-align:bottom;white-space:normal;min-width:4rem}
    th:first-child,td:first-child{padding-left:0;min-width:0;color:var(--soft)}
    th:nth-child(2),td:nth-child(2){text-align:left;min-width:13rem}
    td small{display:block;white-space:normal;font-size:.8125rem;margin-left:26px;max-width:19rem}
    table.seeds{width:auto}
    .nowrap{white-space:nowrap}
    .swatch{margin-right:8px;vertical-align:baseline}
    .swatch .line,.key .line{stroke-width:2.5}
    details{margin-top:14px}
    summary{cursor:pointer;font-size:.9375rem}
    .methods{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:22px 30px;\
    margin-top:14px}
    .method{min-width:0;border-top:1px solid var(--rule);padding-top:10px}
    .method p{font-size:.9375rem;margin:4px 0 6px;overflow-wrap:anywhere}
    .method code{color:var(--soft);font-weight:400}
    .setting{display:inline-block;font-size:.8125rem;color:var(--soft);margin:0 12px 2px 0}
    .setting b{color:var(--ink);font-weight:600}
    @media (max-width:820px){
    main{padding:24px 16px 48px}
    .charts{grid-template-columns:minmax(0,1fr)}
    .rankrow{grid-template-columns:1fr auto;padding:4px 0}
    .rankname{grid-row:1;padding-top:5px;align-self:start}
    .rankvalue{grid-row:1;grid-column:2;text-align:right}
    .rankrow .rank{grid-column:1/-1;margin:0 1%;width:98%}
    .axisrow .rankvalue{grid-row:auto;grid-column:1/-1}
    section{margin-top:36px}}
    @media (max-width:520px){
    h1{font-size:1.4rem}
    .headline{font-size:1.05rem}
    .rankvalue small{max-width:11.5rem;margin-left:auto}
    svg.chart .tick,svg.chart .name,.label,.targetname{font-size:15px}
    .label{font-weight:500;font-size:14px}}
    .sticky{position:sticky;top:0;z-index:1;background:var(--bg);padding:8px 0;margin-top:36px;\
    border-bottom:1px solid var(--rule)}
    .wide{max-width:760px}
    .protocol{padding-left:1.2em;max-width:70em}
    .protocol li{margin-bottom:6px}
    .words{white-space:normal;display:block;text-align:left;max-width:52em}
    section>h3{margin-top:22px}
    @media print{
    .sticky{position:static}
    body{font-size:10pt}
    main{max-width:none;padding:0}
    section{margin-top:20pt}
    figure,.rankrow,.method,tr{break-inside:avoid}
    h2{break-after:avoid}
    .scroll{overflow:visible}
    th,td{padding:3pt 4pt}
    .band,.line,.seed,.mean{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
