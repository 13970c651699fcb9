import { type Theme, teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme } from '@fluentui/react-components';

/** The themes of a Teams client that a tab has to follow. */
export type ThemeName = 'default' | 'dark' | 'contrast';

/** The theme for the name that a host sends; an unknown name (a host may send others, such as `glass`) is the light one. */
export function themeNamed(name: string | undefined): ThemeName {
  return name === 'dark' || name === 'contrast' ? name : 'default';
}

/** Fluent's tokens for a theme. */
export function fluentTheme(name: ThemeName): Theme {
  switch (name) {
    case 'dark':
      return teamsDarkTheme;
    case 'contrast':
      return teamsHighContrastTheme;
    case 'default':
      return teamsLightTheme;
  }
}
