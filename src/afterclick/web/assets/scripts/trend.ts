// Quantities over shared time, one panel each, the comparison period behind them and one crosshair through all.
import type { Line, Trend } from './contexts';
import { axisTimes, figure, short, when } from './figures';
import { bucketOf, label, marks, type Option, tooltip } from './option';
import { faded, type Palette } from './palette';

const TOP = 30;
const GAP = 34;
const BOTTOM = 26;

export function trendOption(trend: Trend, colours: Palette, width: number): Option {
  const height = 420;
  const panels = trend.lines.length;
  const each = (height - TOP - BOTTOM - GAP * (panels - 1)) / panels;
  const narrow = width < 560;
  const lines = trend.lines.map((_, index) => index);
  return {
    grid: lines.map((index) => ({
      left: narrow ? 44 : 56,
      right: narrow ? 16 : 24,
      top: TOP + index * (each + GAP),
      height: each,
      outerBoundsMode: 'none' as const,
    })),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    xAxis: lines.map((index) => ({
      type: 'category',
      gridIndex: index,
      boundaryGap: false,
      data: axisTimes(trend.times, trend.zone),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { ...label(colours), show: index === panels - 1, interval: 0, hideOverlap: true },
    })),
    yAxis: trend.lines.map((line, index) => ({
      type: 'value',
      gridIndex: index,
      name: line.name,
      nameGap: 10,
      nameTextStyle: { ...label(colours), color: colours.ink, fontWeight: 600, fontSize: 12, align: 'left', padding: [0, 0, 0, narrow ? -40 : -52] },
      min: 0,
      ...(line.unit === 'share' ? { max: 1 } : {}),
      splitNumber: 2,
      axisLabel: { ...label(colours), formatter: (value: number) => short(value, line.unit, trend.currency) },
      splitLine: { lineStyle: { color: colours.line, width: 1 } },
    })),
    tooltip: tooltip(colours, (index) => [
      when(trend.times[index] ?? 0, trend.zone),
      ...trend.lines.map((line): [string, string] => [line.name, compared(line, index, trend.currency)]),
    ]),
    series: trend.lines.flatMap((line, index) => {
      const colour = colours[line.family === 'felt' || line.family === 'did' ? line.family : 'paid'];
      const drawn = { type: 'line' as const, xAxisIndex: index, yAxisIndex: index };
      return [
        {
          ...drawn,
          ...dots(line.previous),
          name: `${line.name}, before`,
          data: line.previous,
          lineStyle: { color: faded(colour, 0.4), width: 1.5 },
          itemStyle: { color: faded(colour, 0.4) },
        },
        {
          ...drawn,
          ...dots(line.values),
          name: line.name,
          data: line.values,
          lineStyle: { color: colour, width: 2 },
          itemStyle: { color: colour },
          areaStyle: { color: faded(colour, 0.07) },
          markLine: marks(trend.marks, (mark) => bucketOf(trend.times, mark.time, trend.until), colours, index === 0),
        },
      ];
    }),
  };
}

/** A value between two that are unknown is a dot: a line through it alone has no length. */
function dots(values: readonly (number | null)[]): { showSymbol: boolean; symbolSize: (value: unknown, place: { dataIndex: number }) => number } {
  const known = (index: number): boolean => typeof values[index] === 'number';
  const alone = values.map((_, index) => known(index) && !known(index - 1) && !known(index + 1));
  const isSomeAlone = alone.includes(true);
  return { showSymbol: isSomeAlone, symbolSize: (_, { dataIndex }) => (isSomeAlone && !alone[dataIndex] ? 0 : 6) };
}

function compared(line: Line, index: number, currency: string): string {
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'unknown' : figure(value, line.unit, currency);
  return `${shown(line.values[index])}  (before ${shown(line.previous[index])})`;
}
