// How affected arrivals felt against unaffected ones: two outlines over the same bins, and where the signal begins.
import type { Histogram } from './contexts';
import { figure } from './figures';
import { bucketOf, FONT, label, type Option, tooltip } from './option';
import { faded, type Palette } from './palette';

export function histogramOption(histogram: Histogram, colours: Palette, width: number): Option {
  const unit = histogram.unit;
  const limit = bucketOf(histogram.lows, histogram.limit, histogram.highs.at(-1) ?? 0);
  const outline = (name: string, data: number[], colour: string, fill: number, strong: boolean) => ({
    type: 'line' as const,
    step: 'middle' as const,
    name,
    data,
    showSymbol: false,
    lineStyle: { color: colour, width: strong ? 2 : 1.5 },
    itemStyle: { color: colour },
    areaStyle: { color: faded(colour, fill) },
  });
  return {
    grid: { left: 44, right: width < 560 ? 8 : 16, top: 24, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      data: histogram.lows.map((low) => figure(low, unit)),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { ...label(colours), hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: 3,
      axisLabel: { ...label(colours), formatter: (value: number) => figure(value, 'share') },
      splitLine: { lineStyle: { color: colours.line } },
    },
    tooltip: tooltip(colours, (index) => [
      `${figure(histogram.lows[index] ?? 0, unit)} to ${figure(histogram.highs[index] ?? 0, unit)}`,
      ['affected', figure(histogram.affected[index] ?? 0, 'share')],
      ['unaffected', figure(histogram.unaffected[index] ?? 0, 'share')],
    ]),
    series: [
      outline('unaffected', histogram.unaffected, colours.quiet, 0.12, false),
      {
        ...outline('affected', histogram.affected, colours.felt, 0.14, true),
        markLine: {
          symbol: 'none',
          silent: true,
          animation: false,
          data: limit < 0 ? [] : [{ xAxis: limit }],
          lineStyle: { color: colours.poor, type: 'solid', width: 1 },
          label: {
            formatter: `from ${figure(histogram.limit, unit)}`,
            position: 'end',
            color: colours.poor,
            fontFamily: FONT,
            fontSize: 11,
          },
        },
      },
    ],
  };
}
