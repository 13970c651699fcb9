import type { Arrived, Reply } from './vendor-double.ts';

/** What happens to one request: `lost` carries it out and cuts the line, `cut` only cuts it. */
export type Accident = Reply | 'lost';

/** A double's answers with accidents to order. */
export function withAccidents(carriedOut: (request: Arrived) => Reply) {
  const accidents: { match: RegExp; accident: Accident }[] = [];
  return {
    /** Lets the next request of this form ("POST /…/send") meet with an accident. */
    next(match: RegExp, accident: Accident) {
      accidents.push({ match, accident });
    },
    answer(request: Arrived): Reply {
      const index = accidents.findIndex(({ match }) => match.test(`${request.method} ${request.path}`));
      const [due] = index === -1 ? [] : accidents.splice(index, 1);
      if (due === undefined) return carriedOut(request);
      if (due.accident !== 'lost') return due.accident;
      carriedOut(request);
      return 'cut';
    },
  };
}
