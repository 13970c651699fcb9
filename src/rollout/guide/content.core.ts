// What the guide says, by language. The facts come from Microsoft's documents on security info, number matching, passkeys,
// OATH tokens and the Temporary Access Pass; what is written on the screens is set in bold and may change there.
import { GUIDE_DE } from './content-de.core.ts';
import { GUIDE_EN } from './content-en.core.ts';
import type { GuideText } from './content-types.core.ts';
import type { GuideLanguage } from './guide-types.core.ts';

/** Where people register. The short one is easy to type and leads to the page of the long one. */
export const SETUP_LINK = { short: 'aka.ms/mfasetup', address: 'https://aka.ms/mfasetup' } as const;
export const SECURITY_INFO_LINK = {
  short: 'mysignins.microsoft.com/security-info',
  address: 'https://mysignins.microsoft.com/security-info',
} as const;

const TEXTS: Record<GuideLanguage, GuideText> = { en: GUIDE_EN, de: GUIDE_DE };

/** The guide's words in a language. */
export function guideText(language: GuideLanguage): GuideText {
  return TEXTS[language];
}
