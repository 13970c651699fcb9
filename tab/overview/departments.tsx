import { Button, Caption1, Link, makeStyles, tokens } from '@fluentui/react-components';
import { useId, useState } from 'react';
import type { Department } from '../../src/contract.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type Route } from '../route.ts';
import { Name } from '../shell/name.tsx';
import { Section } from '../shell/section.tsx';

const SHOWN_FIRST = 12;
const BAR_HEIGHT = 12;

const useStyles = makeStyles({
  list: { display: 'grid', gap: tokens.spacingVerticalM, listStyleType: 'none', padding: 0 },
  row: { display: 'grid', gap: tokens.spacingVerticalXXS, minWidth: 0 },
  line: {
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'baseline',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalM,
  },
  name: { overflowWrap: 'anywhere', textAlign: 'start' },
  facts: { color: tokens.colorNeutralForeground2, fontVariantNumeric: 'tabular-nums' },
  bar: { display: 'block', width: '100%', height: `${BAR_HEIGHT}px` },
  // A contrast theme paints fills like the page; the outline is what is left to see there.
  track: { fill: tokens.colorNeutralBackground6, stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: 1 },
  capable: { fill: tokens.colorBrandBackground },
  unknown: { fill: tokens.colorNeutralStrokeAccessible },
  legend: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM },
  legendItem: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground2,
  },
});

/** How far each department is, as a bar with its numbers beside it; each leads to its people. */
export function Departments({ departments, route }: { departments: readonly Department[]; route: Route }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? departments : departments.slice(0, SHOWN_FIRST);
  const rest = departments.length - shown.length;
  return (
    <Section title={t.overview.departmentsTitle} aside={<Legend />}>
      <Caption1 as="p">{t.overview.departmentsHint}</Caption1>
      <ul className={styles.list}>
        {shown.map((department) => (
          <DepartmentRow key={department[0] ?? ''} department={department} route={route} />
        ))}
      </ul>
      {rest === 0 ? null : <Button onClick={() => setWhole(true)}>{t.overview.moreDepartments(f, rest)}</Button>}
    </Section>
  );
}

function DepartmentRow({ department, route }: { department: Department; route: Route }) {
  const styles = useStyles();
  const { t, f } = useWords();
  const [name, people, capable, , unknown] = department;
  const title = name ?? t.overview.noDepartment;
  const facts = t.overview.bar(f, capable, people, unknown);
  const open = () =>
    goTo({
      ...route,
      page: 'people',
      item: null,
      query: name === null ? { withoutDepartment: '1' } : { department: name },
    });
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <Link className={styles.name} onClick={open}>
          <Name>{title}</Name>
        </Link>
        <Caption1 className={styles.facts}>{facts}</Caption1>
      </div>
      <Bar people={people} capable={capable} unknown={unknown} />
    </li>
  );
}

/** A share as a bar, drawn for the eye only: the same numbers stand above it as text. */
export function Bar({ people, capable, unknown }: { people: number; capable: number; unknown: number }) {
  const styles = useStyles();
  const pattern = useId();
  const width = (part: number) => `${people === 0 ? 0 : (part / people) * 100}%`;
  return (
    <svg className={styles.bar} aria-hidden="true">
      <defs>
        <pattern id={pattern} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className={styles.unknown} width="2" height="5" />
        </pattern>
      </defs>
      <rect
        className={styles.track}
        x="0.5"
        y="0.5"
        width="calc(100% - 1px)"
        height={BAR_HEIGHT - 1}
        rx="2"
        style={{ width: 'calc(100% - 1px)' }}
      />
      <rect className={styles.capable} y="1" height={BAR_HEIGHT - 2} width={width(capable)} rx="2" />
      <rect fill={`url(#${pattern})`} x={width(capable)} y="1" height={BAR_HEIGHT - 2} width={width(unknown)} />
    </svg>
  );
}

function Legend() {
  const styles = useStyles();
  const { t } = useWords();
  const items = [
    [t.overview.legend.capable, 1, 1, 0],
    [t.overview.legend.unknown, 1, 0, 1],
    [t.overview.legend.notCapable, 1, 0, 0],
  ] as const;
  return (
    <div className={styles.legend}>
      {items.map(([label, people, capable, unknown]) => (
        <Caption1 key={label} className={styles.legendItem}>
          <span style={{ width: `${BAR_HEIGHT * 2}px` }}>
            <Bar people={people} capable={capable} unknown={unknown} />
          </span>
          {label}
        </Caption1>
      ))}
    </div>
  );
}
