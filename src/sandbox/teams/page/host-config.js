/** How cards look in the stand-in: the spacing and colours of a Teams client, written for this page. */
const THEMES = {
  default: {
    back: '#ffffff',
    emphasis: '#f5f5f5',
    text: '#242424',
    subtle: '#616161',
    accent: '#5b5fc7',
    good: '#0b6a0b',
    warning: '#8a3707',
    attention: '#b10e1c',
    strips: { accent: '#ebebf8', good: '#e7f2e7', warning: '#fff4ce', attention: '#fde7e9' },
  },
  dark: {
    back: '#292929',
    emphasis: '#333333',
    text: '#ffffff',
    subtle: '#d6d6d6',
    accent: '#9ea2ff',
    good: '#92c353',
    warning: '#f2c661',
    attention: '#f9a8ad',
    strips: { accent: '#383966', good: '#17401f', warning: '#4d3d0f', attention: '#552428' },
  },
  contrast: {
    back: '#000000',
    emphasis: '#000000',
    text: '#ffffff',
    subtle: '#ffffff',
    accent: '#ffff01',
    good: '#3ff23f',
    warning: '#ffff01',
    attention: '#ff8f8f',
    strips: { accent: '#000000', good: '#000000', warning: '#000000', attention: '#000000' },
  },
};

export function hostConfig(theme) {
  const colors = THEMES[theme] ?? THEMES.default;
  const pair = (color) => ({ default: color, subtle: color });
  const foregroundColors = {
    default: { default: colors.text, subtle: colors.subtle },
    dark: pair('#242424'),
    light: pair('#ffffff'),
    accent: pair(colors.accent),
    good: pair(colors.good),
    warning: pair(colors.warning),
    attention: pair(colors.attention),
  };
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors });
  return {
    fontFamily: '"Segoe UI", system-ui, sans-serif',
    spacing: { small: 4, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: {
      lineThickness: 1,
      lineColor: theme === 'default' ? '#e0e0e0' : theme === 'dark' ? '#525252' : '#ffffff',
    },
    supportsInteractivity: true,
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    lineHeights: { small: 16, default: 20, medium: 22, large: 24, extraLarge: 32 },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: {
      default: style(colors.back),
      emphasis: style(colors.emphasis),
      accent: style(colors.strips.accent),
      good: style(colors.strips.good),
      warning: style(colors.strips.warning),
      attention: style(colors.strips.attention),
    },
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
      preExpandSingleShowCardAction: false,
    },
    adaptiveCard: { allowCustomStyle: true },
    textBlock: { headingLevel: 2 },
    imageSet: { imageSize: 'medium', maxImageHeight: 100 },
    factSet: { title: { weight: 'bolder', wrap: true, maxWidth: 220 }, value: { wrap: true }, spacing: 12 },
    inputs: {
      label: { inputSpacing: 'small', requiredInputs: { suffix: ' *', suffixColor: 'attention' }, optionalInputs: {} },
      errorMessage: { spacing: 'small', color: 'attention' },
    },
  };
}
