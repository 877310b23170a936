// Draws each chart from its JSON block in the colours of the page; the table behind it stays the accessible one.

/* global echarts */

const FORMS = { bar: "bar", stacked: "bar", horizontal: "bar", across: "bar", line: "line" };

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function seriesOf(spec) {
  return spec.series.map((one) => ({
    name: one.name,
    type: FORMS[spec.form],
    data: one.values,
    stack: ["stacked", "across"].includes(spec.form) ? "all" : undefined,
    barMaxWidth: 36,
    label: spec.form === "horizontal" && spec.series.length === 1 ? { show: true, position: "right", color: token("--ink") } : undefined,
    symbol: "circle",
    symbolSize: 7,
    lineStyle: { width: 2.5 },
  }));
}

function axes(spec, text) {
  const categories = { type: "category", data: spec.categories, axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false }, axisLabel: text };
  const whole = spec.series.every((one) => one.values.every((value) => value === null || Number.isInteger(value)));
  const values = { type: "value", minInterval: whole ? 1 : 0, splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { ...text, hideOverlap: true } };
  if (["horizontal", "across"].includes(spec.form)) return { xAxis: values, yAxis: { ...categories, inverse: true } };
  return { xAxis: categories, yAxis: values };
}

function optionOf(spec) {
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const text = { color: token("--muted"), fontSize: size * 0.8125, fontFamily: token("--sans") };
  return {
    animation: false,
    color: ["--action", "--waiting", "--done", "--seal", "--muted"].map(token),
    grid: { left: 8, right: 16, top: spec.series.length > 1 ? 44 : 16, bottom: 4, containLabel: true },
    legend: spec.series.length > 1 ? { top: 0, left: 0, textStyle: text, itemWidth: 14, itemHeight: 10 } : undefined,
    // Rich text keeps the tip inside the canvas: an HTML tip would need inline styles, which the policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: token("--surface"), borderColor: token("--line-strong"), textStyle: { ...text, color: token("--ink") } },
    series: seriesOf(spec),
    ...axes(spec, text),
    ...spec.options,
  };
}

function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  place.hidden = false;
  place.closest("figure").querySelector("[data-chart-table]").open = false;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(optionOf(spec));
  new ResizeObserver(() => chart.resize()).observe(place);
}

export function drawCharts(root) {
  for (const place of root.querySelectorAll("[data-chart][hidden]")) draw(place);
}

drawCharts(document);
document.addEventListener("htmx:afterSettle", (event) => drawCharts(event.target));
