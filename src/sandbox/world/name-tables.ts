/**
 * Flat tables of invented names. One pool serves people and every other kind of account, so that a name never tells
 * what an account is; the surnames hold words that look like labels for the same reason.
 */
export const FIRST_NAMES: readonly string[] = [
  ...'Ada Agnes Aino Alan Amara Amélie Andrea Anton Asha Astrid Aurora Barış Beata Benoît Björn Bram Carla Carlos'.split(
    ' ',
  ),
  ...'Chloé Clara Cosmin Dagny Damian Daria Dilan Dmitri Edda Edgar Elena Elif Emeka Emil Erik Esra Eva Fatima Felix'.split(
    ' ',
  ),
  ...'Fiona Florin François Freya Gabriel Gita Greta Gustav Håkon Hana Hassan Helga Henrik Hugo Ida Ignacio Ilse Imani'.split(
    ' ',
  ),
  ...'Ines Ingrid Ivo Jana Jasper Jelena Joana Jonas José Jules Kaito Karin Kemal Kerstin Kofi Lars Laila Leon Lidia'.split(
    ' ',
  ),
  ...'Linnea Lotte Lucía Lukas Łukasz Magda Malik Mara Marek Martín Mateo Mei Mikael Milan Mira Nadia Naomi Nils Noor'.split(
    ' ',
  ),
  ...'Nora Oksana Olaf Olga Omar Oscar Otto Pablo Paula Pavel Petra Priya Rafael Ragnar Ravi Renata René Rosa Rune Sami'.split(
    ' ',
  ),
  ...'Sanne Selma Silas Simone Siobhan Søren Stefan Sunniva Tamar Tariq Tessa Theo Tomas Una Valentin Vera Viktor Wanda'.split(
    ' ',
  ),
  ...'Yara Yusuf Zoë Zofia'.split(' '),
];

export const LAST_NAMES: readonly string[] = [
  ...'Abara Adler Ahlgren Alder Amsel Anker Arroyo Ashby Bakker Balogh Barlow Bauer Becker Bellamy Berg Birch Blom Boyle'.split(
    ' ',
  ),
  ...'Brandt Brook Burke Calder Castillo Černý Clay Cole Copper Cortés Cross Dahl Dalton Dąbrowski Demir Draper Dunn Eklund'.split(
    ' ',
  ),
  ...'Elm Engel Eriksen Falk Farrow Fenn Ferreira Field Fischer Flint Forde Fuchs Garcés Garland Gato Glass Gómez Gray'.split(
    ' ',
  ),
  ...'Grünwald Haas Hale Hansen Harbor Hartmann Hayes Heath Hedlund Heller Hill Holm Horvát Hull Ibáñez Iqbal Ivers Jansen'.split(
    ' ',
  ),
  ...'Jordan Kaplan Keller Key Khan Kováč Kruger Kühn Lake Lange Larsen Laurent Linde Lock Lund Maier Marsh Mendes Mercer'.split(
    ' ',
  ),
  ...'Meyer Moreau Moss Müller Nadeem Nagy Newell Niemi Noble North Novák Núñez Nyberg Oakes Öberg Okafor Olsen Ortega'.split(
    ' ',
  ),
  ...'Osei Page Palmer Pereira Petrov Pike Pohl Popescu Quist Rao Reed Reyes Ridge Rivers Rohde Rosen Roth Rousseau Sand'.split(
    ' ',
  ),
  ...'Santos Schäfer Schmidt Sharp Silva Singh Sjöberg Sokol Sørensen Stein Stone Storm Strand Svensson Szabó Tanaka Thorn'.split(
    ' ',
  ),
  ...'Tran Ulrich Underhill Vance Varga Vega Vogel Wagner Wald Ward Weiß West Winter Wolff Wren Yilmaz York Zeller Zimmer'.split(
    ' ',
  ),
  ...'Service Room Admin Shared Scanner Backup Desk Guest Office Booker'.split(' '),
];

/** Words that look like what an account is for; a real person of every world bears each of them. */
export const LABEL_LIKE_NAMES: readonly string[] = ['Service', 'Room', 'Admin', 'Shared'];

/** Names in other scripts, each with the Latin letters that an address uses. */
export const SCRIPT_NAMES: Readonly<
  Record<'cyrillic' | 'greek' | 'cjk' | 'arabic', { firsts: [string, string][]; lasts: [string, string][] }>
> = {
  cyrillic: {
    firsts: [
      ['Ирина', 'irina'],
      ['Олег', 'oleg'],
      ['Светлана', 'svetlana'],
      ['Тарас', 'taras'],
    ],
    lasts: [
      ['Лесная', 'lesnaya'],
      ['Озеров', 'ozerov'],
      ['Ковальчук', 'kovalchuk'],
      ['Полянская', 'polyanskaya'],
    ],
  },
  greek: {
    firsts: [
      ['Ελένη', 'eleni'],
      ['Νίκος', 'nikos'],
      ['Δάφνη', 'dafni'],
    ],
    lasts: [
      ['Αμπελά', 'ampela'],
      ['Θαλάσσης', 'thalassis'],
      ['Πέτρου', 'petrou'],
    ],
  },
  cjk: {
    firsts: [
      ['美咲', 'misaki'],
      ['伟', 'wei'],
      ['지우', 'jiwoo'],
      ['蓮', 'ren'],
    ],
    lasts: [
      ['森川', 'morikawa'],
      ['林', 'lin'],
      ['한', 'han'],
      ['石田', 'ishida'],
    ],
  },
  arabic: {
    firsts: [
      ['ليلى', 'layla'],
      ['كريم', 'karim'],
      ['نور', 'nour'],
    ],
    lasts: [
      ['البحر', 'albahr'],
      ['الزيتون', 'alzaytun'],
      ['النجار', 'alnajjar'],
    ],
  },
};

export const COMPANIES: readonly string[] =
  'adatum contoso fabrikam fourthcoffee litware northwind proseware tailspin wingtip woodgrove'.split(' ');

export const DEPARTMENTS = ['IT', 'Sales', 'Engineering', 'Operations', 'Finance'] as const;

export type Department = (typeof DEPARTMENTS)[number];

/** Drawn for people and for every other account alike. */
export const JOB_TITLES: readonly string[] = [
  'Analyst',
  'Associate',
  'Consultant',
  'Coordinator',
  'Engineer',
  'Lead',
  'Planner',
  'Specialist',
  'Technician',
];

export const LOCATIONS: readonly string[] = ['Harbour House', 'Mill Lane', 'North Yard', 'Old Depot'];
