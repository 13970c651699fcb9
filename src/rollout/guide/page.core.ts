// The guide as plain HTML: readable without script, by a screen reader, on a phone and on paper. Everything that comes
// from the customer passes through `html`, which escapes it.
import { guideText, SECURITY_INFO_LINK, SETUP_LINK } from './content.core.ts';
import type { GuideText, MethodText } from './content-types.core.ts';
import {
  GUIDE_LANGUAGES,
  type GuideEdits,
  type GuideMethod,
  type GuideSubject,
  guidePath,
  offeredMethods,
  textIn,
} from './guide-types.core.ts';
import { blockMarkup, html, inlineMarkup, type Markup, outwardLink } from './markup.core.ts';
import { GUIDE_MARK, PICTURE_SIZE, type PictureName } from './pictures.core.ts';

export type GuideView = GuideSubject & { edits: GuideEdits };

/** Addresses of what stands beside the pages; the version makes a changed style sheet another address. */
export type GuideAssets = { style: string; picture(language: string, name: PictureName): string };

/** A page of the guide: of one method, or the index. */
export function guidePage(view: GuideView, assets: GuideAssets): string {
  const text = guideText(view.language);
  if (view.method === null)
    return document(view, assets, { title: indexTitle(view, text), main: indexMain(view, assets) });
  const { name } = text.methods[view.method];
  return document(view, assets, {
    title: `${name} – ${indexTitle(view, text)}`,
    main: methodMain(view, view.method, assets),
  });
}

/**
 * The page for an address that leads nowhere. With a view it links to the pages there are, and says when a method is
 * simply not offered; without one it knows nothing of a customer and says nothing of one.
 */
export function missingPage(
  view: GuideView | { language: GuideSubject['language'] },
  assets: GuideAssets,
  reason: 'unknown' | 'notOffered',
): string {
  const text = guideText(view.language);
  const links =
    'edits' in view
      ? html`<p>${reason === 'notOffered' ? text.notFound.notOffered : text.notFound.links}</p>${methodLinks(view)}`
      : null;
  const hint = reason === 'notOffered' ? null : html`<p>${text.notFound.text}</p>${setupLink()}`;
  const help = helpPanel('edits' in view ? view.edits : {}, text);
  const main = html`<h1>${text.notFound.title}</h1>${hint}${links}${help}`;
  return document(view, assets, { title: text.notFound.title, main });
}

function indexTitle({ edits }: GuideView, text: GuideText): string {
  return edits.companyName === undefined ? text.title : text.titleFor(edits.companyName);
}

function document(
  view: GuideView | { language: GuideSubject['language'] },
  assets: GuideAssets,
  { title, main }: { title: string; main: Markup },
): string {
  const text = guideText(view.language);
  const company = 'edits' in view ? view.edits.companyName : undefined;
  const bar =
    'edits' in view
      ? html`<header class="bar"><a class="home" href="${guidePath({ ...view, method: null })}">${GUIDE_MARK}<span>${company ?? text.back}</span></a>${languageSwitch(view, text)}</header>`
      : null;
  return html`<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${assets.picture(view.language, 'passkey')}">
<link rel="stylesheet" href="${assets.style}">
</head>
<body>
<a class="skip" href="#content">${text.skip}</a>
${bar}
<main id="content">${main}</main>
<footer><p>${text.footer}</p></footer>
</body>
</html>
`.markup;
}

function languageSwitch(view: GuideView, text: GuideText): Markup {
  const items = GUIDE_LANGUAGES.map((language) => {
    const name = guideText(language).languageName;
    if (language === view.language) return html`<li><span aria-current="true">${name}</span></li>`;
    return html`<li><a href="${guidePath({ ...view, language })}" hreflang="${language}" lang="${language}">${name}</a></li>`;
  });
  return html`<nav class="languages" aria-label="${text.languages}"><ul>${items}</ul></nav>`;
}

function indexMain(view: GuideView, assets: GuideAssets): Markup {
  const text = guideText(view.language);
  const intro = textIn(view.edits.intro, view.language);
  const methods = offeredMethods(view.edits).map((method) => methodCard(view, method, assets));
  return html`<h1>${indexTitle(view, text)}</h1>
${intro === null ? html`<p class="lead">${text.lead}</p>` : html`<div class="lead">${blockMarkup(intro)}</div>`}
<h2>${text.choose}</h2>
<ul class="methods">${methods}</ul>
${linkPanel(text)}
<section class="panel"><h2>${text.why.heading}</h2><p>${text.why.text}</p></section>
${commonPanels(view, text, assets)}`;
}

function methodCard(view: GuideView, method: GuideMethod, assets: GuideAssets): Markup {
  const text = guideText(view.language);
  const { name, summary, picture, minutes } = text.methods[method];
  // The picture only repeats the name, so it is silent here.
  return html`<li>${image(assets, { language: view.language, name: picture, alt: '' })}<h3><a href="${guidePath({ ...view, method })}">${name}</a></h3><p>${summary}</p><p class="minutes">${text.minutes(minutes)}</p></li>`;
}

function methodMain(view: GuideView, method: GuideMethod, assets: GuideAssets): Markup {
  const text = guideText(view.language);
  const content = text.methods[method];
  const note = textIn(view.edits.notes?.[method], view.language);
  return html`<h1>${content.name}</h1>
<p class="lead">${content.summary}</p>
${note === null ? null : html`<section class="panel"><h2>${text.headings.note}</h2>${blockMarkup(note)}</section>`}
<section class="panel"><h2>${text.headings.need}</h2>${bullets(content.need)}<p>${text.minutes(content.minutes)}</p></section>
${content.before === null ? null : html`<section class="panel warn"><h2>${text.headings.before}</h2><p>${inlineMarkup(content.before)}</p></section>`}
${content.inApp === true ? null : linkPanel(text)}
<section><h2>${text.headings.steps}</h2><ol class="steps">${steps(view, content, assets)}</ol></section>
<section class="panel"><h2>${text.headings.later}</h2>${bullets(content.later)}</section>
<section class="panel"><h2>${text.headings.trouble}</h2><dl>${content.trouble.map(({ problem, answer }) => html`<dt>${problem}</dt><dd>${inlineMarkup(answer)}</dd>`)}</dl></section>
${commonPanels(view, text, assets)}
${otherMethods(view, method, text)}`;
}

function steps(view: GuideView, content: MethodText, assets: GuideAssets): Markup[] {
  const words = guideText(view.language).pictures;
  return content.steps.map((step) => {
    const body = html`<div><p>${inlineMarkup(step.text)}</p></div>`;
    if (step.picture === undefined) return html`<li>${body}</li>`;
    const { title, description } = words[step.picture];
    const alt = `${title}. ${description}`;
    return html`<li class="pictured">${body}${image(assets, { language: view.language, name: step.picture, alt })}</li>`;
  });
}

function image(assets: GuideAssets, picture: { language: string; name: PictureName; alt: string }): Markup {
  const { width, height } = PICTURE_SIZE;
  return html`<img src="${assets.picture(picture.language, picture.name)}" width="${width}" height="${height}" alt="${picture.alt}">`;
}

function linkPanel(text: GuideText): Markup {
  const full = outwardLink(SECURITY_INFO_LINK.address, html`${SECURITY_INFO_LINK.short}`);
  return html`<section class="panel"><h2>${text.headings.link}</h2><p>${text.link}</p>${setupLink()}<p>${text.linkAlso} ${full}.</p><p>${inlineMarkup(text.start)}</p></section>`;
}

function setupLink(): Markup {
  return html`<p><a class="address" href="${SETUP_LINK.address}" target="_blank" rel="noopener noreferrer">${SETUP_LINK.short}</a></p>`;
}

function commonPanels(view: GuideView, text: GuideText, assets: GuideAssets): Markup {
  const { title, description } = text.pictures['temporary-pass'];
  const pass = image(assets, { language: view.language, name: 'temporary-pass', alt: `${title}. ${description}` });
  return html`<section class="panel"><h2>${text.headings.lost}</h2><div class="lost"><div>${bullets(text.lost)}</div>${pass}</div></section>
<section class="panel warn"><h2>${text.unexpected.heading}</h2><p>${inlineMarkup(text.unexpected.text)}</p></section>
${helpPanel(view.edits, text)}`;
}

function helpPanel({ helpdesk }: GuideEdits, text: GuideText): Markup {
  const { name, phone, mail } = helpdesk ?? {};
  const lines = [
    name === undefined ? null : html`<li><strong>${name}</strong></li>`,
    phone === undefined ? null : html`<li>${text.helpdesk.phone}: <a href="tel:${dialled(phone)}">${phone}</a></li>`,
    mail === undefined ? null : html`<li>${text.helpdesk.mail}: <a href="mailto:${mailAddress(mail)}">${mail}</a></li>`,
  ].filter((line) => line !== null);
  const list = lines.length === 0 ? null : html`<ul>${lines}</ul>`;
  const sentence = lines.length === 0 ? text.helpdesk.neutral : text.helpdesk.named;
  return html`<section class="panel"><h2>${text.headings.help}</h2><p>${sentence}</p>${list}</section>`;
}

/** What a telephone dials. The "(0)" that people write after a country code is not dialled. */
function dialled(phone: string): string {
  const spoken = phone.startsWith('+') ? phone.replace('(0)', '') : phone;
  return spoken.replaceAll(/[^0-9+]/g, '');
}

function mailAddress(mail: string): string {
  return encodeURIComponent(mail).replace('%40', '@');
}

function otherMethods(view: GuideView, method: GuideMethod, text: GuideText): Markup | null {
  const others = offeredMethods(view.edits).filter((other) => other !== method);
  if (others.length === 0) return null;
  return html`<nav class="panel others" aria-label="${text.headings.others}"><h2>${text.headings.others}</h2>${methodLinks(view, others)}</nav>`;
}

function methodLinks(view: GuideView, methods: readonly GuideMethod[] = offeredMethods(view.edits)): Markup {
  const text = guideText(view.language);
  return html`<ul>${methods.map((method) => html`<li><a href="${guidePath({ ...view, method })}">${text.methods[method].name}</a></li>`)}</ul>`;
}

function bullets(lines: readonly string[]): Markup {
  return html`<ul>${lines.map((line) => html`<li>${inlineMarkup(line)}</li>`)}</ul>`;
}
