import { openPrincipals } from '../../local/iam/principals.ts';
import { startGateway, type Gateway } from '../../local/gateway/gateway.ts';
import type { Resource, Service } from '../../local/service.ts';

/** Serves services behind the real gateway, on a free port. */
export const serveServices = async (
  services: readonly Service[],
  resources: readonly Resource[] = [],
): Promise<Gateway> => {
  const gateway = await startGateway({ port: 0, log: () => {} });
  gateway.open(services, openPrincipals(resources, '123456789012'));
  return gateway;
};
