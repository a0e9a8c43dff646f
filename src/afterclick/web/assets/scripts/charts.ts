// Draws the charts of a page from the JSON beside them; redraws when the theme changes.
import { BarChart, LineChart } from 'echarts/charts';
import { AxisPointerComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { barsOption } from './bars';
import type { Chart } from './contexts';
import { histogramOption } from './histogram';
import type { Option } from './option';
import { type Palette, palette } from './palette';
import { trendOption } from './trend';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, AxisPointerComponent, CanvasRenderer]);

interface Drawn {
  element: HTMLElement;
  chart: EChartsType;
  context: Chart;
}

const drawn = new Set<Drawn>();
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const resized = new ResizeObserver((entries) => {
  for (const entry of entries) for (const one of drawn) if (one.element === entry.target) paint(one);
});

export function draw(element: HTMLElement): void {
  forget();
  const source = document.getElementById(element.dataset['chart'] ?? '');
  if (!source?.textContent) return;
  const one = { element, chart: init(element), context: JSON.parse(source.textContent) as Chart };
  drawn.add(one);
  paint(one);
  resized.observe(element);
  openVisits(one);
}

// A click opens the visits behind the bucket that it falls into.
function openVisits({ element, chart, context }: Drawn): void {
  const link = element.dataset['visits'];
  if (!link || context.kind === 'histogram') return;
  const { times } = context;
  const end = context.kind === 'trend' ? context.until : (times.at(-1) ?? 0) + context.width;
  chart.getZr().on('click', ({ offsetX, offsetY }) => {
    const grids = context.kind === 'trend' ? context.lines.length : 1;
    const hit = [...Array(grids).keys()].find((grid) => chart.containPixel({ gridIndex: grid }, [offsetX, offsetY]));
    if (hit === undefined) return;
    const [index] = chart.convertFromPixel({ gridIndex: hit }, [offsetX, offsetY]) as [number, number];
    const from = times[Math.max(0, Math.min(Math.round(index), times.length - 1))] ?? 0;
    const url = new URL(link, location.href);
    url.searchParams.set('period', `${from}..${times.find((time) => time > from) ?? end}`);
    location.assign(url);
  });
}

function option(context: Chart, colours: Palette, width: number): Option {
  switch (context.kind) {
    case 'trend':
      return trendOption(context, colours, width);
    case 'bars':
      return barsOption(context, colours, width);
    case 'histogram':
      return histogramOption(context, colours, width);
  }
}

function paint(one: Drawn): void {
  one.chart.resize();
  one.chart.setOption(
    { animation: !calm.matches, ...option(one.context, palette(), one.element.clientWidth) },
    { notMerge: true },
  );
}

function forget(): void {
  for (const one of drawn) {
    if (one.element.isConnected) continue;
    resized.unobserve(one.element);
    one.chart.dispose();
    drawn.delete(one);
  }
}

function repaint(): void {
  forget();
  for (const one of drawn) paint(one);
}

document.addEventListener('afterclick:theme', repaint);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
