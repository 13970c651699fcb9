/**
 * The writes of the simulated Graph, and the reads that belong to them (mail, Teams): lines of the same table as
 * `routes.ts`. Where the published table cannot say "these together", `alsoNeeds` does.
 */
import { listChannelMessages, listReplies } from './channel-messages.ts';
import type { GraphRoute, GraphVersion } from './context.ts';
import { restoreDirectoryObject } from './deleted-groups.ts';
import { forbidden } from './errors.ts';
import { createGroup, deleteGroup, listOwners, updateGroup } from './group-writes.ts';
import { createLocation, deleteLocation, updateLocation } from './location-writes.ts';
import { getMessage, listAttachments, listMessages } from './mail-reads.ts';
import { addAttachment, createDraft, deleteMessage, sendDraft, sendMail, updateDraft } from './mail-writes.ts';
import { addMember, deleteMemberObject, removeMember } from './member-writes.ts';
import { createPolicy, deletePolicy, purgePolicy, restorePolicy, updatePolicy } from './policy-writes.ts';
import { updateSecurityDefaults } from './security-defaults-writes.ts';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  renewSubscription,
} from './subscriptions.ts';
import {
  getInstallation,
  getInstallationChat,
  installApp,
  listInstallations,
  listTeamsApps,
  uninstallApp,
  upgradeApp,
} from './teams-apps.ts';
import {
  createChannel,
  createTab,
  deleteTab,
  getChannel,
  getTeam,
  listChannels,
  listPins,
  listTabs,
  pinMessage,
  refuseMessagePost,
} from './teams-channels.ts';
import { createPass, deletePass, revokeSessions, updateRequirements, updateUser } from './user-writes.ts';

const BOTH: GraphVersion[] = ['v1.0', 'beta'];
const BETA: GraphVersion[] = ['beta'];

const DIRECTORY_WRITE = ['Directory.ReadWrite.All'];
const POLICY_WRITE = ['Policy.ReadWrite.ConditionalAccess'];
const POLICY_READ = ['Policy.Read.All'];
/** All three together, as the pages of the two calls say. */
const POLICY_ALL = [...POLICY_READ, 'Application.Read.All'];
const GROUP_WRITE = ['Group.ReadWrite.All', ...DIRECTORY_WRITE];
/** With Group.Create the handler asks further: it is enough for a group that the application owns. */
const MEMBER_WRITE = ['GroupMember.ReadWrite.All', ...GROUP_WRITE, 'Group.Create'];
const OWNERS = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', 'Group.Read.All', ...GROUP_WRITE];
const USER_WRITE = ['User.ReadWrite.All', ...DIRECTORY_WRITE];
const PASS_WRITE = ['UserAuthMethod-TAP.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All'];
const MAIL_READ = ['Mail.ReadBasic.All', 'Mail.Read', 'Mail.ReadWrite'];
const MAIL_WRITE = ['Mail.ReadWrite'];
const MAIL_SEND = ['Mail.Send'];
const GROUP_READ = ['Group.Read.All', 'Directory.Read.All'];
const TEAM_READ = ['Team.ReadBasic.All', 'TeamSettings.Read.All', 'TeamSettings.ReadWrite.All', ...GROUP_READ];
const CHANNEL_READ = [
  'ChannelSettings.Read.Group',
  'ChannelSettings.ReadWrite.Group',
  'Channel.ReadBasic.All',
  'ChannelSettings.Read.All',
  'ChannelSettings.ReadWrite.All',
  ...GROUP_READ,
  ...GROUP_WRITE,
];
const CHANNEL_CREATE = ['Channel.Create.Group', 'Channel.Create', 'Teamwork.Migrate.All', ...GROUP_WRITE];
const TAB_WRITE = [
  'TeamsTab.ReadWrite.Group',
  'TeamsTab.ReadWriteSelfForTeam.All',
  'TeamsTab.ReadWriteForTeam.All',
  'TeamsTab.ReadWrite.All',
  ...GROUP_WRITE,
];
const TAB_READ = ['TeamsTab.Read.Group', 'TeamsTab.Read.All', ...TAB_WRITE, ...GROUP_READ];
const TAB_CREATE = ['TeamsTab.Create.Group', 'TeamsTab.Create', ...TAB_WRITE];
const TAB_DELETE = ['TeamsTab.Delete.Group', ...TAB_WRITE];

const MESSAGES_READ = ['ChannelMessage.Read.Group', 'ChannelMessage.Read.All'];

function installationRights(scope: 'Team' | 'User'): { read: string[]; write: string[] } {
  const write = [
    `TeamsAppInstallation.ReadWriteSelfFor${scope}.All`,
    `TeamsAppInstallation.ManageSelectedFor${scope}.All`,
    `TeamsAppInstallation.ReadWriteAndConsentFor${scope}.All`,
    `TeamsAppInstallation.ReadWriteAndConsentSelfFor${scope}.All`,
    `TeamsAppInstallation.ReadWriteFor${scope}.All`,
    ...(scope === 'Team' ? GROUP_WRITE : ['TeamsAppInstallation.ReadWriteSelectedForUser.All']),
  ];
  const own =
    scope === 'Team' ? ['TeamsAppInstallation.Read.Group', ...GROUP_READ] : ['TeamsAppInstallation.Read.User'];
  return {
    write,
    read: [`TeamsAppInstallation.ReadFor${scope}.All`, 'TeamsAppInstallation.Read.All', ...own, ...write],
  };
}

const IN_TEAM = installationRights('Team');
const WITH_USER = installationRights('User');

type Rest = Pick<GraphRoute, 'throttle' | 'handle'> & Partial<GraphRoute>;

/** `call` is the method and the path template, as the published tables write them. */
function line(call: string, permissions: string[], rest: Rest): GraphRoute {
  const [method, template = ''] = call.split(' ');
  return { method: method as GraphRoute['method'], template, versions: BOTH, permissions, ...rest };
}

const CA = '/identity/conditionalAccess';
const throttle = 'conditionalAccess';

/** The lines. */
export const WRITE_ROUTES: readonly GraphRoute[] = [
  line(`POST ${CA}/policies`, POLICY_WRITE, { alsoNeeds: POLICY_ALL, throttle, handle: createPolicy }),
  line(`PATCH ${CA}/policies/{id}`, POLICY_WRITE, { alsoNeeds: POLICY_ALL, throttle, handle: updatePolicy }),
  line(`DELETE ${CA}/policies/{id}`, POLICY_WRITE, { alsoNeeds: POLICY_READ, throttle, handle: deletePolicy }),
  line(`POST ${CA}/deletedItems/policies/{id}/restore`, POLICY_WRITE, {
    alsoNeeds: POLICY_READ,
    throttle,
    handle: restorePolicy,
  }),
  line(`DELETE ${CA}/deletedItems/policies/{id}`, POLICY_WRITE, {
    alsoNeeds: POLICY_READ,
    throttle,
    handle: purgePolicy,
  }),
  line(`POST ${CA}/namedLocations`, POLICY_WRITE, { alsoNeeds: POLICY_READ, throttle, handle: createLocation }),
  line(`PATCH ${CA}/namedLocations/{id}`, POLICY_WRITE, { alsoNeeds: POLICY_READ, throttle, handle: updateLocation }),
  line(`DELETE ${CA}/namedLocations/{id}`, POLICY_WRITE, { alsoNeeds: POLICY_READ, throttle, handle: deleteLocation }),
  line(
    'PATCH /policies/identitySecurityDefaultsEnforcementPolicy',
    ['Policy.ReadWrite.SecurityDefaults', 'Policy.ReadWrite.ConditionalAccess'],
    { alsoNeeds: POLICY_READ, throttle: 'securityDefaults', handle: updateSecurityDefaults },
  ),

  line('POST /groups', ['Group.Create', ...GROUP_WRITE], { throttle: 'directory', handle: createGroup }),
  line('PATCH /groups/{id}', MEMBER_WRITE, { throttle: 'directory', handle: updateGroup }),
  line('DELETE /groups/{id}', [...GROUP_WRITE, 'Group.Create'], { throttle: 'directory', handle: deleteGroup }),
  line('POST /directory/deletedItems/{id}/restore', GROUP_WRITE, {
    throttle: 'directory',
    handle: restoreDirectoryObject,
  }),
  line('GET /groups/{id}/owners', OWNERS, { throttle: 'directory', units: 2, handle: listOwners }),
  line('POST /groups/{id}/members/$ref', MEMBER_WRITE, { throttle: 'directory', handle: addMember }),
  line('DELETE /groups/{id}/members/{member}/$ref', MEMBER_WRITE, { throttle: 'directory', handle: removeMember }),
  line('DELETE /groups/{id}/members/{member}', [...MEMBER_WRITE, ...USER_WRITE, 'User.DeleteRestore.All'], {
    throttle: 'directory',
    handle: deleteMemberObject,
  }),

  line('PATCH /users/{id}', [...USER_WRITE, 'User.EnableDisableAccount.All'], {
    throttle: 'directory',
    handle: updateUser,
  }),
  line('POST /users/{id}/revokeSignInSessions', [...USER_WRITE, 'User.RevokeSessions.All'], {
    throttle: 'directory',
    handle: revokeSessions,
  }),
  line('PATCH /users/{id}/authentication/requirements', ['Policy.ReadWrite.AuthenticationMethod'], {
    versions: BETA,
    throttle: 'directory',
    handle: updateRequirements,
  }),
  line('POST /users/{id}/authentication/temporaryAccessPassMethods', PASS_WRITE, {
    throttle: 'directory',
    handle: createPass,
  }),
  line('DELETE /users/{id}/authentication/temporaryAccessPassMethods/{pass}', PASS_WRITE, {
    throttle: 'directory',
    handle: deletePass,
  }),

  line('POST /users/{id}/sendMail', MAIL_SEND, { throttle: 'outlook', handle: sendMail }),
  line('GET /users/{id}/messages', MAIL_READ, { throttle: 'outlook', handle: listMessages }),
  line('POST /users/{id}/messages', MAIL_WRITE, { throttle: 'outlook', handle: createDraft }),
  line('GET /users/{id}/mailFolders/{folder}/messages', MAIL_READ, { throttle: 'outlook', handle: listMessages }),
  line('GET /users/{id}/messages/{message}', MAIL_READ, { throttle: 'outlook', handle: getMessage }),
  line('PATCH /users/{id}/messages/{message}', MAIL_WRITE, { throttle: 'outlook', handle: updateDraft }),
  line('DELETE /users/{id}/messages/{message}', MAIL_WRITE, { throttle: 'outlook', handle: deleteMessage }),
  line('POST /users/{id}/messages/{message}/send', MAIL_SEND, { throttle: 'outlook', handle: sendDraft }),
  line('GET /users/{id}/messages/{message}/attachments', ['Mail.Read', 'Mail.ReadWrite'], {
    throttle: 'outlook',
    handle: listAttachments,
  }),
  line('POST /users/{id}/messages/{message}/attachments', MAIL_WRITE, { throttle: 'outlook', handle: addAttachment }),

  line('GET /subscriptions', [], { throttle: 'subscriptions', handle: listSubscriptions }),
  line('POST /subscriptions', [], { throttle: 'subscriptions', handle: createSubscription }),
  line('GET /subscriptions/{id}', [], { throttle: 'subscriptions', handle: getSubscription }),
  line('PATCH /subscriptions/{id}', [], { throttle: 'subscriptions', handle: renewSubscription }),
  line('DELETE /subscriptions/{id}', [], { throttle: 'subscriptions', handle: deleteSubscription }),

  line('GET /teams/{id}', TEAM_READ, { throttle: 'teams', handle: getTeam }),
  line('GET /teams/{id}/channels', CHANNEL_READ, { throttle: 'teams', handle: listChannels }),
  line('POST /teams/{id}/channels', CHANNEL_CREATE, { throttle: 'teams', handle: createChannel }),
  line('GET /teams/{id}/channels/{channel}', CHANNEL_READ, { throttle: 'teams', handle: getChannel }),
  line('GET /teams/{id}/channels/{channel}/tabs', TAB_READ, { throttle: 'teams', handle: listTabs }),
  line('POST /teams/{id}/channels/{channel}/tabs', TAB_CREATE, { throttle: 'teams', handle: createTab }),
  line('DELETE /teams/{id}/channels/{channel}/tabs/{tab}', TAB_DELETE, { throttle: 'teams', handle: deleteTab }),
  line('GET /teams/{id}/channels/{channel}/messages', MESSAGES_READ, {
    throttle: 'teams',
    handle: listChannelMessages,
  }),
  line('GET /teams/{id}/channels/{channel}/messages/{message}/replies', MESSAGES_READ, {
    throttle: 'teams',
    handle: listReplies,
  }),
  line('POST /teams/{id}/channels/{channel}/messages', ['Teamwork.Migrate.All'], {
    throttle: 'teamsMessages',
    handle: refuseMessagePost,
  }),
  line('POST /teams/{id}/channels/{channel}/messages/{message}/replies', ['Teamwork.Migrate.All'], {
    throttle: 'teamsMessages',
    handle: refuseMessagePost,
  }),
  line('POST /chats/{id}/messages', ['Teamwork.Migrate.All'], { throttle: 'teamsMessages', handle: refuseMessagePost }),
  line('GET /chats/{id}/pinnedMessages', ['Chat.Read.All', 'ChatMessage.Read.All', 'Chat.ReadWrite.All'], {
    throttle: 'teams',
    handle: listPins,
  }),
  line('POST /chats/{id}/pinnedMessages', ['Chat.ReadWrite.All'], { throttle: 'teams', handle: pinMessage }),
  line('GET /appCatalogs/teamsApps', ['AppCatalog.Read.All', 'AppCatalog.ReadWrite.All'], {
    throttle: 'teams',
    handle: listTeamsApps,
  }),
  line('POST /appCatalogs/teamsApps', [], { throttle: 'teams', handle: () => forbidden() }),
  line('GET /teams/{id}/installedApps', IN_TEAM.read, { throttle: 'teams', handle: listInstallations }),
  line('POST /teams/{id}/installedApps', IN_TEAM.write, { throttle: 'teams', handle: installApp }),
  line('POST /teams/{id}/installedApps/{installation}/upgrade', IN_TEAM.write, {
    throttle: 'teams',
    handle: upgradeApp,
  }),
  line('DELETE /teams/{id}/installedApps/{installation}', IN_TEAM.write, { throttle: 'teams', handle: uninstallApp }),
  line('GET /users/{id}/teamwork/installedApps', WITH_USER.read, { throttle: 'teams', handle: listInstallations }),
  line('POST /users/{id}/teamwork/installedApps', WITH_USER.write, { throttle: 'teams', handle: installApp }),
  line('GET /users/{id}/teamwork/installedApps/{installation}', WITH_USER.read, {
    throttle: 'teams',
    handle: getInstallation,
  }),
  line('POST /users/{id}/teamwork/installedApps/{installation}/upgrade', WITH_USER.write, {
    throttle: 'teams',
    handle: upgradeApp,
  }),
  line('DELETE /users/{id}/teamwork/installedApps/{installation}', WITH_USER.write, {
    throttle: 'teams',
    handle: uninstallApp,
  }),
  line('GET /users/{id}/teamwork/installedApps/{installation}/chat', WITH_USER.read, {
    throttle: 'teams',
    handle: getInstallationChat,
  }),
];
