import { Button, Field, makeStyles, SearchBox, Select, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import { overviewSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { useWords } from '../i18n/words.tsx';
import { goTo, type Route } from '../route.ts';
import { useIsPhone } from '../shell/use-phone.ts';
import { useSpaced } from '../shell/use-spaced.ts';
import { countFilters, isFiltered, SORTS, sortOf } from './people-paths.ts';

/** An answer takes about as long; whoever types faster gets the answer to the newest text. */
const ASK_EVERY_MS = 80;
const WITHOUT = '\u0000without';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalM },
  search: { flex: '2 1 17rem', maxWidth: 'none' },
  filter: { flex: '1 1 8rem', minWidth: 0 },
  select: { minWidth: 0, '& select': { minWidth: 0, width: '100%', textOverflow: 'ellipsis' } },
});

/** Puts a choice into the address; choosing is no step for the back button. */
export function choose(route: Route, name: string, value: string): void {
  goTo({ ...route, item: null, query: { ...route.query, [name]: value } }, { replace: true });
}

/** A search box that asks the server with the first key, and with those that follow as fast as it answers. */
export function Search({ route, label }: { route: Route; label: string }) {
  const styles = useStyles();
  const [text, setText] = useState(route.query.search ?? '');
  const asked = useSpaced(text, ASK_EVERY_MS);
  const inAddress = route.query.search ?? '';
  const written = useRef(inAddress);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing writes to the address, not a new route
  useEffect(() => {
    if (asked === written.current) return;
    written.current = asked;
    // Whoever opened a person meanwhile keeps that person open.
    goTo({ ...route, query: { ...route.query, search: asked } }, { replace: true });
  }, [asked]);
  useEffect(() => {
    // What came back from our own writing must not overwrite what has been typed since.
    if (inAddress === written.current) return;
    written.current = inAddress;
    setText(inAddress);
  }, [inAddress]);
  return (
    <SearchBox
      className={styles.search}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={text}
      onChange={(_, { value }) => setText(value)}
    />
  );
}

type ChoiceProps = { route: Route; name: string; label: string; options: Readonly<Record<string, string>> };

/** One filter: everything, or one of its values. */
export function Choice({ route, name, label, options }: ChoiceProps) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Field label={label} size="small" className={styles.filter}>
      <Select
        className={styles.select}
        size="small"
        value={route.query[name] ?? ''}
        onChange={(_, { value }) => choose(route, name, value)}
      >
        <option value="">{t.people.all}</option>
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Search and filters of the people; on a phone they wait behind a button, and the order with them. */
export function PeopleFilters({ customerId, route }: { customerId: string; route: Route }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const isPhone = useIsPhone();
  const [isOpen, setOpen] = useState(false);
  return (
    <search aria-label={t.people.filters} className={styles.bar}>
      <Search route={route} label={t.people.search} />
      {isPhone ? (
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t.people.showFilters(f, countFilters(route))}
        </Button>
      ) : null}
      {isPhone && !isOpen ? null : <Choices customerId={customerId} route={route} withSort={isPhone} />}
    </search>
  );
}

function Choices({ customerId, route, withSort }: { customerId: string; route: Route; withSort: boolean }) {
  const { t } = useWords();
  const { employee, guest } = t.people.classValue;
  return (
    <>
      <DepartmentChoice customerId={customerId} route={route} />
      <Choice route={route} name="enrolment" label={t.people.enrolment} options={t.people.enrolmentValue} />
      <Choice route={route} name="accountStatus" label={t.people.account} options={t.people.statusValue} />
      <Choice route={route} name="class" label={t.people.class} options={{ employee, guest }} />
      <Choice route={route} name="difference" label={t.people.difference} options={t.people.differenceValue} />
      {withSort ? <SortChoice route={route} /> : null}
      <Button
        appearance="subtle"
        size="small"
        disabled={!isFiltered(route)}
        onClick={() => goTo({ ...route, item: null, query: {} }, { replace: true })}
      >
        {t.people.clear}
      </Button>
    </>
  );
}

function DepartmentChoice({ customerId, route }: { customerId: string; route: Route }) {
  const styles = useStyles();
  const { t } = useWords();
  const overview = useGet(`/customers/${customerId}/overview`, overviewSchema);
  const names = (overview.data?.departments ?? []).map(([name]) => name);
  const chosen = route.query.department ?? (route.query.withoutDepartment === undefined ? '' : WITHOUT);
  const pick = (value: string) => {
    const { department: _, withoutDepartment: __, ...rest } = route.query;
    const query = value === WITHOUT ? { ...rest, withoutDepartment: '1' } : { ...rest, department: value };
    goTo({ ...route, item: null, query }, { replace: true });
  };
  const isListed = chosen === '' || chosen === WITHOUT || names.includes(chosen);
  return (
    <Field label={t.people.department} size="small" className={styles.filter}>
      <Select className={styles.select} size="small" value={chosen} onChange={(_, { value }) => pick(value)}>
        <option value="">{t.people.all}</option>
        {isListed ? null : <option value={chosen}>{chosen}</option>}
        {names.map((name) => (
          <option key={name ?? WITHOUT} value={name ?? WITHOUT}>
            {name ?? t.people.noDepartment}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function SortChoice({ route }: { route: Route }) {
  const styles = useStyles();
  const { t } = useWords();
  return (
    <Field label={t.people.sort} size="small" className={styles.filter}>
      <Select
        className={styles.select}
        size="small"
        value={sortOf(route)}
        onChange={(_, { value }) => choose(route, 'sort', value === 'name' ? '' : value)}
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {t.people.sortOption[sort]}
          </option>
        ))}
      </Select>
    </Field>
  );
}
