/** Adding the tab to a channel by hand: Teams asks what the tab shall show when the person presses Save. */
import { pages } from '@microsoft/teams-js';

/** The same page under the same id as in the tab that the product adds itself, so that it recognises this one. */
const ENTITY = 'overview';

/**
 * Offers the overview under this name and enables Teams' Save button. False where Teams is not adding a tab, for
 * example when somebody opened the page by its address.
 */
export function offerTab(name: string): boolean {
  try {
    if (!pages.config.isSupported()) return false;
    const url = `${location.origin}/tab/#${ENTITY}`;
    pages.config.registerOnSaveHandler((event) => {
      pages.config.setConfig({ entityId: ENTITY, contentUrl: url, websiteUrl: url, suggestedDisplayName: name }).then(
        () => event.notifySuccess(),
        (error: unknown) => event.notifyFailure(error instanceof Error ? error.message : String(error)),
      );
    });
    pages.config.setValidityState(true);
    return true;
  } catch {
    // The library throws outside the frame in which Teams adds a tab.
    return false;
  }
}
