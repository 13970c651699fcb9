/**
 * The application groups that a policy can name, as far as Microsoft's pages give the ids. The names are those of the
 * group's page, the ids those of "Verify first-party Microsoft applications in sign-in reports"
 * (https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in).
 */

/** https://learn.microsoft.com/entra/identity/conditional-access/reference-office-365-application-contents */
export const OFFICE_365_APPS: ReadonlySet<string> = new Set([
  '00000002-0000-0ff1-ce00-000000000000', // Office 365 Exchange Online
  '00000003-0000-0ff1-ce00-000000000000', // Office 365 SharePoint Online
  '00000004-0000-0ff1-ce00-000000000000', // Skype for Business Online
  '00000005-0000-0ff1-ce00-000000000000', // Viva Engage
  '00000006-0000-0ff1-ce00-000000000000', // Microsoft Office 365 Portal
  '00000007-0000-0ff1-ce00-000000000000', // Microsoft Exchange Online Protection
  '0cd196ee-71bf-4fd6-a57c-b491ffd4fb1e', // Media Analysis and Transformation Service
  '944f0bd1-117b-4b1c-af26-804ed95e767e', // Media Analysis and Transformation Service
  'c9a559d2-7aab-4f13-a6ed-e7e9c52aec87', // Microsoft Forms
  'd3590ed6-52b3-4102-aeff-aad2292ab01c', // Microsoft Office
  'cf53fce8-def6-4aeb-8d30-b158e7b1cf83', // Microsoft Stream Portal
  '1fec8e78-bce4-4aaf-ab1b-5451cc387264', // Microsoft Teams
  'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe', // Microsoft Teams Services
  '5e3ce6c0-2b1f-4285-8d4b-75ee78787346', // Microsoft Teams Web Client
  '95de633a-083e-42f5-b444-a4295d8e9314', // Microsoft Whiteboard Services
  '4345a7b9-9a63-4910-a426-35363201d503', // O365 Suite UX
  '66a88757-258c-4c72-893c-3e8bed4d6899', // Office 365 Search Service
  '94c63fef-13a3-47bc-8074-75af8c65887a', // Office Delve
  '93d53678-613d-4013-afc1-62e9e444a0a5', // Office Online Add-in SSO
  '243c63a3-247d-41c5-9d83-7788c43f1c43', // Office Online Core SSO
  'a9b49b65-0a12-430b-9540-c80b3332c127', // Office Online Search
  '4b233688-031c-404b-9a80-a4f3f2351f90', // Office.com
  '89bee1f7-5e6e-4d8a-9f3d-ecd601259da7', // Office365 Shell WCSS-Client
  '0f698dd4-f011-4d23-a33e-b36416dcb1e6', // OfficeClientService
  '4765445b-32c6-49b0-83e6-1d93765276ca', // OfficeHome
  'ab9b8c07-8f02-4f72-87fa-80105867a763', // OneDrive SyncEngine
  '2d4d3d8e-2be3-4bef-9f87-7875a61c29de', // OneNote
  '08e18876-6177-487e-b8b5-cf950c1e598c', // SharePoint Online Web Client Extensibility
  '905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba', // Sway
]);

/** https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#microsoft-admin-portals */
export const ADMIN_PORTAL_APPS: ReadonlySet<string> = new Set([
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', // Azure portal, which also serves the Microsoft Entra admin center
  '497effe9-df71-4043-a8bb-14cf78c4b63b', // Exchange admin center
  '00000006-0000-0ff1-ce00-000000000000', // Microsoft 365 admin center
  '80ccca67-54bd-44ab-8625-4b79c4dc7775', // Microsoft 365 Defender portal and Microsoft Purview portal
]);

/** The application that stands for the group below. */
export const AZURE_MANAGEMENT_APP = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

/**
 * Windows Azure Service Management API: "This grouping includes the application IDs of" these five.
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#windows-azure-service-management-api
 */
export const AZURE_MANAGEMENT_APPS: ReadonlySet<string> = new Set([
  AZURE_MANAGEMENT_APP, // Azure Resource Manager
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', // Azure portal
  'e9f49c6b-5ce5-44c8-925d-015017e9f7ad', // Azure Data Lake
  'f5c26e74-f226-4ae8-85f0-b4af0080ac9e', // Application Insights API
  'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5', // Log Analytics API
]);

/** Names of the Office 365 page whose ids no page lists; a Microsoft service principal of that name belongs to it. */
export const OFFICE_365_NAMES: ReadonlySet<string> = new Set(
  [
    'Augmentation Loop',
    'Connectors',
    'EDU Assignments',
    'Groups Service',
    'Loop',
    'Message Recall',
    'Microsoft 365 Reporting Service',
    'Microsoft Flow Portal',
    'Microsoft Forms Web',
    'Microsoft Information Protection API',
    'Microsoft People Cards Service',
    'Microsoft Planner',
    'Microsoft SharePoint Online - SharePoint Home',
    'Microsoft Stream Service',
    'Microsoft To-Do web app',
    'Office 365',
    'Office Hive',
    'Office Online Service',
    'Office Scripts Service',
    'OfficeServicesManager',
    'One Outlook Web',
    'OneDrive',
    'Outlook Service for Exchange',
    'PowerApps Service',
    'ProjectWorkManagement',
    'Protection Center',
    'Skype and Teams Tenant Admin API',
    'Skype for Business',
    'Viva Engage',
  ].map((name) => name.toLowerCase()),
);

/** The tenant that owns Microsoft's first-party service principals, from the page on first-party applications. */
export const MICROSOFT_SERVICES_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';
