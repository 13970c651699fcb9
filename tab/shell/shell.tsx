import { Caption1, makeStyles, Select, Subtitle1, tokens } from '@fluentui/react-components';
import { lazy, Suspense } from 'react';
import { type Me, meSchema } from '../../src/contract.ts';
import { useGet } from '../api/api.tsx';
import { TokenError } from '../host/token.ts';
import { useWords } from '../i18n/words.tsx';
import { goTo, type PageName, type PageProps, type Route, useRoute } from '../route.ts';
import { SignInProblem } from './gate.tsx';
import { Name } from './name.tsx';
import { Navigation, pageGroups } from './navigation.tsx';
import { Empty, Failed, Loading } from './notices.tsx';
import { useIsPhone } from './use-phone.ts';

const LOADERS = {
  overview: async () => ({ default: (await import('../overview/overview.tsx')).OverviewPage }),
  rollout: async () => ({ default: (await import('../rollout/rollout.tsx')).RolloutPage }),
  findings: async () => ({ default: (await import('../findings/findings.tsx')).FindingsPage }),
  drift: async () => ({ default: (await import('../drift/drift.tsx')).DriftPage }),
  helpdesk: async () => ({ default: (await import('../helpdesk/helpdesk.tsx')).HelpdeskPage }),
  people: async () => ({ default: (await import('../people/people.tsx')).PeoplePage }),
  exceptions: async () => ({ default: (await import('../exceptions/exceptions.tsx')).ExceptionsPage }),
  policy: async () => ({ default: (await import('../policy/policy.tsx')).PolicyPage }),
  takeover: async () => ({ default: (await import('../takeover/takeover.tsx')).TakeoverPage }),
  setup: async () => ({ default: (await import('../setup/set-up.tsx')).SetUpPage }),
} as const satisfies Record<PageName, unknown>;

const Overview = lazy(LOADERS.overview);
const Rollout = lazy(LOADERS.rollout);
const Findings = lazy(LOADERS.findings);
const Drift = lazy(LOADERS.drift);
const Helpdesk = lazy(LOADERS.helpdesk);
const People = lazy(LOADERS.people);
const Exceptions = lazy(LOADERS.exceptions);
const Policy = lazy(LOADERS.policy);
const Takeover = lazy(LOADERS.takeover);
const SetUp = lazy(LOADERS.setup);

/** Fetches a page's code while Teams and the server are still being asked; what fails here is tried again when it is shown. */
export function loadAhead(page: PageName): void {
  LOADERS[page]().catch(() => undefined);
}

const NoAccess = lazy(async () => ({ default: (await import('./no-access.tsx')).NoAccess }));

type Customer = Me['customers'][number];

const useStyles = makeStyles({
  frame: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    maxWidth: '1280px',
    margin: '0 auto',
    boxSizing: 'border-box',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXL} ${tokens.spacingVerticalXXL}`,
    '@media (max-width: 480px)': { padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}` },
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: tokens.spacingHorizontalL },
  title: { flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' },
  picker: { minWidth: '12rem' },
  roles: { color: tokens.colorNeutralForeground2 },
});

/** Signs in, finds out who the person is at which customers, and shows the page that the address names. */
export function Shell() {
  const styles = useStyles();
  const me = useGet('/me', meSchema);
  const route = useRoute();
  if (me.data === undefined) {
    if (me.error instanceof TokenError) return <SignInProblem error={me.error} retry={() => void me.refetch()} />;
    return (
      <main className={styles.frame}>
        {me.error === null ? <Loading /> : <Failed error={me.error} retry={() => void me.refetch()} />}
      </main>
    );
  }
  const withRole = me.data.customers.filter((one) => one.roles.length > 0);
  if (withRole.length === 0) {
    return (
      <Suspense fallback={<Loading />}>
        <NoAccess me={me.data} employer={me.data.customers[0]?.name ?? null} />
      </Suspense>
    );
  }
  const customer =
    withRole.find((one) => one.id === route.customerId) ?? (route.customerId === null ? withRole[0] : undefined);
  return (
    <div className={styles.frame}>
      <Head customers={withRole} customer={customer} route={route} />
      {me.error === null ? null : <Failed error={me.error} retry={() => void me.refetch()} />}
      {customer === undefined ? <UnknownCustomer /> : <CustomerPages customer={customer} route={route} />}
    </div>
  );
}

type HeadProps = { customers: readonly Customer[]; customer: Customer | undefined; route: Route };

function Head({ customers, customer, route }: HeadProps) {
  const styles = useStyles();
  const { t, f } = useWords();
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <Subtitle1 as="h1">
          <Name>{customer?.name ?? t.app.title}</Name>
        </Subtitle1>
        {customer === undefined ? null : (
          <Caption1 as="p" block className={styles.roles}>
            {t.app.yourRoles(f.list(customer.roles.map((role) => t.role[role])))}
          </Caption1>
        )}
      </div>
      {customers.length > 1 || customer === undefined ? (
        <Select
          className={styles.picker}
          aria-label={t.app.customer}
          value={customer?.id ?? ''}
          onChange={(_, { value }) => goTo({ customerId: value, page: route.page, item: null, query: {} })}
        >
          {customer === undefined ? <option value="" /> : null}
          {customers.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Select>
      ) : null}
    </header>
  );
}

function UnknownCustomer() {
  const { t } = useWords();
  return (
    <main>
      <Empty title={t.gate.unknownCustomerTitle} text={t.gate.unknownCustomer} />
    </main>
  );
}

function CustomerPages({ customer, route }: { customer: Customer; route: Route }) {
  const isPhone = useIsPhone();
  const { t } = useWords();
  const seen = pageGroups(customer.roles).flatMap(({ pages }) => pages);
  const page = seen.includes(route.page) ? route.page : 'overview';
  const panel = isPhone ? { 'aria-label': t.app[page], role: 'region' } : tabPanel(page);
  return (
    <>
      <Navigation customerId={customer.id} roles={customer.roles} page={page} route={route} />
      <main>
        <div id="page" {...panel}>
          <Suspense fallback={<Loading />}>
            <CurrentPage key={customer.id} page={page} customerId={customer.id} route={route} />
          </Suspense>
        </div>
      </main>
    </>
  );
}

function tabPanel(page: PageName) {
  return { role: 'tabpanel', 'aria-labelledby': `tab-${page}` };
}

function CurrentPage({ page, ...props }: PageProps & { page: PageName }) {
  switch (page) {
    case 'overview':
      return <Overview {...props} />;
    case 'rollout':
      return <Rollout {...props} />;
    case 'findings':
      return <Findings {...props} />;
    case 'drift':
      return <Drift {...props} />;
    case 'helpdesk':
      return <Helpdesk {...props} />;
    case 'people':
      return <People {...props} />;
    case 'exceptions':
      return <Exceptions {...props} />;
    case 'policy':
      return <Policy {...props} />;
    case 'takeover':
      return <Takeover {...props} />;
    case 'setup':
      return <SetUp {...props} />;
  }
}
