// Azure Bot, web app and PostgreSQL of one deployment, which serves many customers.
// The bot is of type SingleTenant: bots of type MultiTenant can no longer be made, and the application itself stays
// multi-tenant, which is what lets customers consent to it. A managed identity as the bot is not offered here: the tab's
// sign-in and the on-behalf-of call need an application with a secret, and bot and tab are one application.
targetScope = 'resourceGroup'

@description('Begins every name; lower-case letters and digits.')
@minLength(3)
@maxLength(12)
param baseName string = 'mfarollout'

@description('Where the resources stand: near the customers, since people’s data lies here.')
param location string = resourceGroup().location

@description('The Entra application that is the bot and the tab’s sign-in.')
param botAppId string

@description('The provider’s own tenant, where the application is registered.')
param botTenantId string

@secure()
param botAppSecret string

@secure()
@minLength(16)
param databasePassword string

@description('How many instances serve; the state is in PostgreSQL, so there may be several.')
@minValue(1)
param instances int = 2

var unique = uniqueString(resourceGroup().id, baseName)
var siteName = '${baseName}-${unique}'
var host = '${siteName}.azurewebsites.net'
var databaseUser = 'mfa_rollout_owner'

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: '${baseName}${unique}'
  location: location
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${baseName}-${unique}'
  location: location
  sku: { name: 'Standard_B2s', tier: 'Burstable' }
  properties: {
    version: '16'
    administratorLogin: databaseUser
    administratorLoginPassword: databasePassword
    storage: { storageSizeGB: 32 }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'Disabled' }
  }

  resource schema 'databases' = {
    name: 'mfa_rollout'
  }

  // Azure's own addresses, among them the web app's; nobody else reaches the server.
  resource fromAzure 'firewallRules' = {
    name: 'azure-services'
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('${baseName}${unique}', 24)
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
  }

  resource secretOfBot 'secrets' = {
    name: 'bot-app-secret'
    properties: { value: botAppSecret }
  }

  resource addressOfDatabase 'secrets' = {
    name: 'database-url'
    properties: {
      value: 'postgres://${databaseUser}:${uriComponent(databasePassword)}@${database.properties.fullyQualifiedDomainName}:5432/mfa_rollout?sslmode=require'
    }
  }
}

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: '${baseName}-${unique}'
  location: location
  kind: 'linux'
  sku: { name: 'P0v3', capacity: instances }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: siteName
  location: location
  kind: 'app,linux,container'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: {
      linuxFxVersion: 'DOCKER|${registry.properties.loginServer}/mfa-rollout:latest'
      acrUseManagedIdentityCreds: true
      alwaysOn: true
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      healthCheckPath: '/readyz'
      appSettings: [
        { name: 'WEBSITES_PORT', value: '3978' }
        { name: 'PORT', value: '3978' }
        { name: 'SANDBOX', value: 'off' }
        { name: 'DATABASE_URL', value: '@Microsoft.KeyVault(SecretUri=${vault::addressOfDatabase.properties.secretUri})' }
        { name: 'BOT_APP_ID', value: botAppId }
        { name: 'BOT_TENANT_ID', value: botTenantId }
        { name: 'BOT_APP_SECRET', value: '@Microsoft.KeyVault(SecretUri=${vault::secretOfBot.properties.secretUri})' }
        { name: 'PUBLIC_URL', value: 'https://${host}' }
      ]
    }
  }
}

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource siteReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, site.id, keyVaultSecretsUser)
  properties: {
    principalId: site.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource sitePullsImage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, site.id, acrPull)
  properties: {
    principalId: site.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${baseName}-${unique}'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'F0' }
  properties: {
    displayName: 'MFA Rollout'
    endpoint: 'https://${host}/api/messages'
    msaAppType: 'SingleTenant'
    msaAppId: botAppId
    msaAppTenantId: botTenantId
  }

  resource teams 'channels' = {
    name: 'MsTeamsChannel'
    location: 'global'
    properties: { channelName: 'MsTeamsChannel', properties: { isEnabled: true } }
  }
}

output PUBLIC_HOST string = host
output PUBLIC_URL string = 'https://${host}'
output WEB_APP_NAME string = site.name
output REGISTRY_NAME string = registry.name
