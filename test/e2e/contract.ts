// The types of the API, made from its contract by `tailrace types`: do not edit.

export interface paths {
  '/customers': {
    /** Create a record of customers */
    post: operations['createCustomer'];
    /** List customers by key or index */
    get: operations['listCustomers'];
    /** List customers by key or index: the headers alone */
    head: operations['listCustomersHead'];
  };
  '/customers/{id}': {
    /** Read one of customers */
    get: operations['readCustomer'];
    /** Change one of customers */
    patch: operations['patchCustomer'];
    /** Delete one of customers */
    delete: operations['deleteCustomer'];
    /** Read one of customers: the headers alone */
    head: operations['readCustomerHead'];
  };
  '/orders': {
    /** Create a record of orders */
    post: operations['createOrder'];
    /** List orders by key or index */
    get: operations['listOrders'];
    /** List orders by key or index: the headers alone */
    head: operations['listOrdersHead'];
  };
  '/orders/{id}': {
    /** Read one of orders */
    get: operations['readOrder'];
    /** Change one of orders */
    patch: operations['patchOrder'];
    /** Delete one of orders */
    delete: operations['deleteOrder'];
    /** Read one of orders: the headers alone */
    head: operations['readOrderHead'];
  };
  '/orders/{id}/pay': {
    /** The customer has paid */
    post: operations['payOrder'];
  };
  '/orders/{id}/ship': {
    /** The goods have left the store */
    post: operations['shipOrder'];
  };
  '/orders/{id}/deliver': {
    /** The customer has the goods */
    post: operations['deliverOrder'];
  };
  '/orders/{id}/cancel': {
    /** The order is off, and its goods can be sold again */
    post: operations['cancelOrder'];
  };
  '/products': {
    /** Create a record of products */
    post: operations['createProduct'];
    /** List products by key or index */
    get: operations['listProducts'];
    /** List products by key or index: the headers alone */
    head: operations['listProductsHead'];
  };
  '/products/{id}': {
    /** Read one of products */
    get: operations['readProduct'];
    /** Change one of products */
    patch: operations['patchProduct'];
    /** Delete one of products */
    delete: operations['deleteProduct'];
    /** Read one of products: the headers alone */
    head: operations['readProductHead'];
  };
  '/events': {
    /** Report events */
    post: operations['postEvents'];
  };
  '/health': {
    /** Whether the API answers */
    get: operations['getHealth'];
    /** Whether the API answers: the headers alone */
    head: operations['getHealthHead'];
  };
  '/openapi.json': {
    /** This document */
    get: operations['getOpenApi'];
    /** This document: the headers alone */
    head: operations['getOpenApiHead'];
  };
  '/docs': {
    /** This document as a page */
    get: operations['getDocs'];
    /** This document as a page: the headers alone */
    head: operations['getDocsHead'];
  };
}

export interface components {
  schemas: {
    /** Why a request was not answered as asked (RFC 9457) */
    Problem: {
      /** Which problem it is. Go by it */
      type:
        | 'urn:tailrace:problem:validation-failed'
        | 'urn:tailrace:problem:malformed-json'
        | 'urn:tailrace:problem:no-index'
        | 'urn:tailrace:problem:bad-cursor'
        | 'urn:tailrace:problem:unauthorized'
        | 'urn:tailrace:problem:forbidden'
        | 'urn:tailrace:problem:not-found'
        | 'urn:tailrace:problem:no-such-route'
        | 'urn:tailrace:problem:method-not-allowed'
        | 'urn:tailrace:problem:conflict'
        | 'urn:tailrace:problem:already-exists'
        | 'urn:tailrace:problem:still-referenced'
        | 'urn:tailrace:problem:not-unique'
        | 'urn:tailrace:problem:out-of-stock'
        | 'urn:tailrace:problem:illegal-move'
        | 'urn:tailrace:problem:precondition-failed'
        | 'urn:tailrace:problem:idempotency-mismatch'
        | 'urn:tailrace:problem:too-large'
        | 'urn:tailrace:problem:unsupported-media-type'
        | 'urn:tailrace:problem:internal'
        | 'urn:tailrace:problem:unavailable';
      /** The type in words */
      title: string;
      /** The HTTP status */
      status: number;
      /** What is wrong with this request and what to do about it */
      detail: string;
      /** Path of the request */
      instance?: string;
      /** Each wrong thing: in the body (JSON pointer), or in the query or a header */
      errors?: { pointer?: string; parameter?: string; message: string }[];
      /** Name it when you ask for help */
      requestId?: string;
    };
    /** What the gateway says itself, before or instead of the API: of a bad token, too large a request, too many at once, a function that fails. It has no type; go by the status */
    GatewayError: { message: string };
    /** How the API is */
    Health: {
      status: 'ok';
      /** Of the deployed code */
      version: string;
    };
    /** An OpenAPI 3.1 document */
    Document: { openapi: '3.1.0' };
    /** Somebody who buys in the store */
    Customer: {
      /** Identifier of the record */
      id: string;
      /** Where order news is sent */
      email: string;
      /** Full name, as the person writes it */
      name: string;
      /** ISO 3166-1 alpha-2 code */
      country?: string;
      /** Counts the changes of this record, from 1 */
      version: number;
      /** When the record was created */
      createdAt: string;
      /** When the record last changed */
      updatedAt: string;
    };
    /** What makes a new customer */
    CustomerCreate: {
      /** Where order news is sent */
      email: string;
      /** Full name, as the person writes it */
      name: string;
      /** ISO 3166-1 alpha-2 code */
      country?: string;
    };
    /** Changes of one customer, as a JSON Merge Patch (RFC 7396) */
    CustomerPatch: {
      /** Where order news is sent */
      email?: string;
      /** Full name, as the person writes it */
      name?: string;
      /** ISO 3166-1 alpha-2 code */
      country?: string | null;
    };
    /** Some fields of one customer, those asked for with `fields` */
    CustomerFields: {
      /** Identifier of the record */
      id?: string;
      /** Where order news is sent */
      email?: string;
      /** Full name, as the person writes it */
      name?: string;
      /** ISO 3166-1 alpha-2 code */
      country?: string;
      /** Counts the changes of this record, from 1 */
      version?: number;
      /** When the record was created */
      createdAt?: string;
      /** When the record last changed */
      updatedAt?: string;
    };
    /** Some customers */
    CustomerList: {
      items: components['schemas']['Customer'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** Some fields of some customers */
    CustomerFieldsList: {
      items: components['schemas']['CustomerFields'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** A purchase by one customer */
    Order: {
      /** Identifier of the record */
      id: string;
      /** Who bought */
      customerId: string;
      /** What was bought */
      lines: {
        /** The product bought */
        productId: string;
        /** Pieces bought */
        quantity: number;
        /** What the line costs: price at the time, times quantity */
        amount: {
          /** Whole minor units, such as cents */
          amount: number;
          /** ISO 4217 code */
          currency: string;
        };
      }[];
      /** Sum of the lines */
      total: {
        /** Whole minor units, such as cents */
        amount: number;
        /** ISO 4217 code */
        currency: string;
      };
      /** How far the order has come */
      status: 'placed' | 'paid' | 'shipped' | 'delivered' | 'cancelled';
      /** When the customer bought */
      placedAt: string;
      /** What the customer wants us to know */
      note?: string;
      /** Counts the changes of this record, from 1 */
      version: number;
      /** When the record was created */
      createdAt: string;
      /** When the record last changed */
      updatedAt: string;
    };
    /** What makes a new order */
    OrderCreate: {
      /** Who bought. Left out, it is the subject of your token */
      customerId?: string;
      /** What was bought */
      lines: {
        /** The product bought */
        productId: string;
        /** Pieces bought */
        quantity: number;
      }[];
      /** What the customer wants us to know */
      note?: string;
    };
    /** Changes of one order, as a JSON Merge Patch (RFC 7396) */
    OrderPatch: {
      /** What the customer wants us to know */
      note?: string | null;
    };
    /** Some fields of one order, those asked for with `fields` */
    OrderFields: {
      /** Identifier of the record */
      id?: string;
      /** Who bought */
      customerId?: string;
      /** What was bought */
      lines?: {
        /** The product bought */
        productId: string;
        /** Pieces bought */
        quantity: number;
        /** What the line costs: price at the time, times quantity */
        amount: {
          /** Whole minor units, such as cents */
          amount: number;
          /** ISO 4217 code */
          currency: string;
        };
      }[];
      /** Sum of the lines */
      total?: {
        /** Whole minor units, such as cents */
        amount: number;
        /** ISO 4217 code */
        currency: string;
      };
      /** How far the order has come */
      status?: 'placed' | 'paid' | 'shipped' | 'delivered' | 'cancelled';
      /** When the customer bought */
      placedAt?: string;
      /** What the customer wants us to know */
      note?: string;
      /** Counts the changes of this record, from 1 */
      version?: number;
      /** When the record was created */
      createdAt?: string;
      /** When the record last changed */
      updatedAt?: string;
    };
    /** Some orders */
    OrderList: {
      items: components['schemas']['Order'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** Some fields of some orders */
    OrderFieldsList: {
      items: components['schemas']['OrderFields'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** Something the store sells */
    Product: {
      /** Identifier of the record */
      id: string;
      /** Name on the shelf */
      name: string;
      /** Shelf the product stands on */
      category: string;
      /** Price of one piece */
      price: {
        /** Whole minor units, such as cents */
        amount: number;
        /** ISO 4217 code */
        currency: string;
      };
      /** Pieces that can be sold now */
      stock: number;
      /** Words to find it by */
      tags: string[];
      /** Counts the changes of this record, from 1 */
      version: number;
      /** When the record was created */
      createdAt: string;
      /** When the record last changed */
      updatedAt: string;
    };
    /** What makes a new product */
    ProductCreate: {
      /** Name on the shelf */
      name: string;
      /** Shelf the product stands on */
      category: string;
      /** Price of one piece */
      price: {
        /** Whole minor units, such as cents */
        amount: number;
        /** ISO 4217 code */
        currency: string;
      };
      /** Pieces that can be sold now */
      stock: number;
      /** Words to find it by */
      tags?: string[];
    };
    /** Changes of one product, as a JSON Merge Patch (RFC 7396) */
    ProductPatch: {
      /** Name on the shelf */
      name?: string;
      /** Shelf the product stands on */
      category?: string;
      /** Price of one piece */
      price?: {
        /** Whole minor units, such as cents */
        amount?: number;
        /** ISO 4217 code */
        currency?: string;
      };
      /** Pieces that can be sold now */
      stock?: number;
      /** Words to find it by */
      tags?: string[] | null;
    };
    /** Some fields of one product, those asked for with `fields` */
    ProductFields: {
      /** Identifier of the record */
      id?: string;
      /** Name on the shelf */
      name?: string;
      /** Shelf the product stands on */
      category?: string;
      /** Price of one piece */
      price?: {
        /** Whole minor units, such as cents */
        amount: number;
        /** ISO 4217 code */
        currency: string;
      };
      /** Pieces that can be sold now */
      stock?: number;
      /** Words to find it by */
      tags?: string[];
      /** Counts the changes of this record, from 1 */
      version?: number;
      /** When the record was created */
      createdAt?: string;
      /** When the record last changed */
      updatedAt?: string;
    };
    /** Some products */
    ProductList: {
      items: components['schemas']['Product'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** Some fields of some products */
    ProductFieldsList: {
      items: components['schemas']['ProductFields'][];
      /** Ask again with it for what follows; absent after the last */
      cursor?: string;
    };
    /** Somebody changed their cart */
    CartUpdatedEvent: {
      type: 'cart_updated';
      /** Yours; the same when sent twice. Made on arrival when absent */
      id?: string;
      /** When it happened; when it arrived, if absent */
      time?: string;
      data: {
        /** One visit of one browser */
        sessionId: string;
        /** Whose cart, if known */
        customerId?: string;
        /** The whole cart after the change */
        items: {
          /** The product in the cart */
          productId: string;
          /** Pieces now in the cart */
          quantity: number;
        }[];
      };
    };
    /** Somebody looked at a product */
    ProductViewedEvent: {
      type: 'product_viewed';
      /** Yours; the same when sent twice. Made on arrival when absent */
      id?: string;
      /** When it happened; when it arrived, if absent */
      time?: string;
      data: {
        /** The product looked at */
        productId: string;
        /** One visit of one browser */
        sessionId: string;
        /** Who looked, if known */
        customerId?: string;
      };
    };
    /** One event of any type */
    AnyEvent: components['schemas']['CartUpdatedEvent'] | components['schemas']['ProductViewedEvent'];
    /** Events were taken */
    EventsAccepted: {
      /** How many */
      accepted: number;
    };
    /** Events to report */
    Events: { events: components['schemas']['AnyEvent'][] };
  };
  responses: {
    /** A valid token is needed */
    unauthorized: {
      headers: { 'X-Request-Id'?: string; 'WWW-Authenticate'?: string };
      content: {
        'application/problem+json': components['schemas']['Problem'];
        'application/json': components['schemas']['GatewayError'];
      };
    };
    /** The token does not allow this */
    forbidden: {
      headers: { 'X-Request-Id'?: string };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** The route does not take this method */
    'method-not-allowed': {
      headers: { 'X-Request-Id'?: string; Allow?: string };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** The record is of another version */
    'precondition-failed': {
      headers: { 'X-Request-Id'?: string };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** The record is too large */
    'too-large': {
      headers: { 'X-Request-Id'?: string };
      content: {
        'application/problem+json': components['schemas']['Problem'];
        'application/json': components['schemas']['GatewayError'];
      };
    };
    /** The body is of another type than JSON */
    'unsupported-media-type': {
      headers: { 'X-Request-Id'?: string };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** The idempotency key belongs to another request */
    'idempotency-mismatch': {
      headers: { 'X-Request-Id'?: string };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** Something went wrong here */
    internal: {
      headers: { 'X-Request-Id'?: string };
      content: {
        'application/problem+json': components['schemas']['Problem'];
        'application/json': components['schemas']['GatewayError'];
      };
    };
    /** Try again in a moment */
    unavailable: {
      headers: { 'X-Request-Id'?: string; 'Retry-After'?: string };
      content: {
        'application/problem+json': components['schemas']['Problem'];
        'application/json': components['schemas']['GatewayError'];
      };
    };
    /** More requests at once than the API takes */
    'too-many-requests': {
      headers: Record<string, never>;
      content: { 'application/json': components['schemas']['GatewayError'] };
    };
  };
}

export interface operations {
  createCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { 'application/json': components['schemas']['CustomerCreate'] } };
    responses: {
      /** Created */
      201: {
        headers: {
          'X-Request-Id'?: string;
          ETag?: string;
          Location?: string;
          'Idempotent-Replayed'?: string;
        };
        content: { 'application/json': components['schemas']['Customer'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is such a record already; Another record has this value; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listCustomers: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        email?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: ('id' | 'email' | 'name' | 'country' | 'version' | 'createdAt' | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['CustomerList'] };
      };
      /** The request is not valid; No index answers this question; The cursor does not fit this list */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listCustomersHead: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        email?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: ('id' | 'email' | 'name' | 'country' | 'version' | 'createdAt' | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  readCustomer: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: ('id' | 'email' | 'name' | 'country' | 'version' | 'createdAt' | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Customer'] };
      };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The request is not valid */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  patchCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/merge-patch+json': components['schemas']['CustomerPatch'];
        'application/json': components['schemas']['CustomerPatch'];
      };
    };
    responses: {
      /** The record after the change */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Customer'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time; Another record has this value */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  deleteCustomer: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** Deleted */
      204: { headers: { 'X-Request-Id'?: string }; content?: never };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time; Other records refer to this one */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  readCustomerHead: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: ('id' | 'email' | 'name' | 'country' | 'version' | 'createdAt' | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  createOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { 'application/json': components['schemas']['OrderCreate'] } };
    responses: {
      /** Created */
      201: {
        headers: {
          'X-Request-Id'?: string;
          ETag?: string;
          Location?: string;
          'Idempotent-Replayed'?: string;
        };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is such a record already; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listOrders: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        customerId?: string;
        /** The time, or as much of its beginning as you know, such as `2026-11` */
        placedAt?: string;
        /** The exact value */
        status?: 'placed' | 'paid' | 'shipped' | 'delivered' | 'cancelled';
        /** From this value on; a time in part, such as `2026-11`, is its beginning */
        'placedAt[gte]'?: string;
        /** After this value; a time in part, such as `2026-11`, is its beginning */
        'placedAt[gt]'?: string;
        /** Up to this value, itself included; a time in part, such as `2026-11`, is its beginning */
        'placedAt[lte]'?: string;
        /** Before this value; a time in part, such as `2026-11`, is its beginning */
        'placedAt[lt]'?: string;
        /** Beginning with this text; a time in part, such as `2026-11`, is its beginning */
        'placedAt[prefix]'?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'customerId'
          | 'lines'
          | 'total'
          | 'status'
          | 'placedAt'
          | 'note'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['OrderList'] };
      };
      /** The request is not valid; No index answers this question; The cursor does not fit this list */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listOrdersHead: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        customerId?: string;
        /** The time, or as much of its beginning as you know, such as `2026-11` */
        placedAt?: string;
        /** The exact value */
        status?: 'placed' | 'paid' | 'shipped' | 'delivered' | 'cancelled';
        /** From this value on; a time in part, such as `2026-11`, is its beginning */
        'placedAt[gte]'?: string;
        /** After this value; a time in part, such as `2026-11`, is its beginning */
        'placedAt[gt]'?: string;
        /** Up to this value, itself included; a time in part, such as `2026-11`, is its beginning */
        'placedAt[lte]'?: string;
        /** Before this value; a time in part, such as `2026-11`, is its beginning */
        'placedAt[lt]'?: string;
        /** Beginning with this text; a time in part, such as `2026-11`, is its beginning */
        'placedAt[prefix]'?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'customerId'
          | 'lines'
          | 'total'
          | 'status'
          | 'placedAt'
          | 'note'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  readOrder: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'customerId'
          | 'lines'
          | 'total'
          | 'status'
          | 'placedAt'
          | 'note'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The request is not valid */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  patchOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/merge-patch+json': components['schemas']['OrderPatch'];
        'application/json': components['schemas']['OrderPatch'];
      };
    };
    responses: {
      /** The record after the change */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  deleteOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** Deleted */
      204: { headers: { 'X-Request-Id'?: string }; content?: never };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time; Other records refer to this one */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  readOrderHead: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'customerId'
          | 'lines'
          | 'total'
          | 'status'
          | 'placedAt'
          | 'note'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  payOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record after the move */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string; 'Idempotent-Replayed'?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The state of the record does not allow this; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  shipOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record after the move */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string; 'Idempotent-Replayed'?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The state of the record does not allow this; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  deliverOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record after the move */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string; 'Idempotent-Replayed'?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The state of the record does not allow this; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  cancelOrder: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record after the move */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string; 'Idempotent-Replayed'?: string };
        content: { 'application/json': components['schemas']['Order'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The state of the record does not allow this; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  createProduct: {
    parameters: {
      query?: never;
      header?: {
        /** Makes the request safe to repeat for a day: the same key with the same body is done once and answered the same */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { 'application/json': components['schemas']['ProductCreate'] } };
    responses: {
      /** Created */
      201: {
        headers: {
          'X-Request-Id'?: string;
          ETag?: string;
          Location?: string;
          'Idempotent-Replayed'?: string;
        };
        content: { 'application/json': components['schemas']['Product'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is such a record already; The record was changed at the same time; There is less than was asked for */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      422: components['responses']['idempotency-mismatch'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listProducts: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        category?: string;
        /** The exact value */
        name?: string;
        /** From this value on */
        'name[gte]'?: string;
        /** After this value */
        'name[gt]'?: string;
        /** Up to this value, itself included */
        'name[lte]'?: string;
        /** Before this value */
        'name[lt]'?: string;
        /** Beginning with this text */
        'name[prefix]'?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'name'
          | 'category'
          | 'price'
          | 'stock'
          | 'tags'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['ProductList'] };
      };
      /** The request is not valid; No index answers this question; The cursor does not fit this list */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  listProductsHead: {
    parameters: {
      query?: {
        /** The exact value */
        id?: string;
        /** The exact value */
        category?: string;
        /** The exact value */
        name?: string;
        /** From this value on */
        'name[gte]'?: string;
        /** After this value */
        'name[gt]'?: string;
        /** Up to this value, itself included */
        'name[lte]'?: string;
        /** Before this value */
        'name[lt]'?: string;
        /** Beginning with this text */
        'name[prefix]'?: string;
        /** How many at most */
        limit?: number;
        /** By the sort key: ascending or descending */
        order?: 'asc' | 'desc';
        /** From the answer before, with the same other parameters but limit and fields */
        cursor?: string;
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'name'
          | 'category'
          | 'price'
          | 'stock'
          | 'tags'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** What was found: whole records, or the fields of them asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  readProduct: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'name'
          | 'category'
          | 'price'
          | 'stock'
          | 'tags'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Product'] };
      };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The request is not valid */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  patchProduct: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/merge-patch+json': components['schemas']['ProductPatch'];
        'application/json': components['schemas']['ProductPatch'];
      };
    };
    responses: {
      /** The record after the change */
      200: {
        headers: { 'X-Request-Id'?: string; ETag?: string };
        content: { 'application/json': components['schemas']['Product'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  deleteProduct: {
    parameters: {
      query?: never;
      header?: {
        /** Only when the record is still of this version, as its ETag says */
        'If-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** Deleted */
      204: { headers: { 'X-Request-Id'?: string }; content?: never };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      /** There is no such record */
      404: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      /** The record was changed at the same time; Other records refer to this one */
      409: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      412: components['responses']['precondition-failed'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  readProductHead: {
    parameters: {
      query?: {
        /** Answer these fields alone, apart by commas */
        fields?: (
          | 'id'
          | 'name'
          | 'category'
          | 'price'
          | 'stock'
          | 'tags'
          | 'version'
          | 'createdAt'
          | 'updatedAt')[];
      };
      header?: {
        /** Only when the record is no longer of this version, as its ETag says */
        'If-None-Match'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** The record, or the fields of it asked for with `fields` */
      200: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The record is still of that version */
      304: { headers: { 'X-Request-Id'?: string; ETag?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  postEvents: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { 'application/json': components['schemas']['Events'] } };
    responses: {
      /** Taken */
      202: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['EventsAccepted'] };
      };
      /** The request is not valid; The body is not JSON */
      400: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/problem+json': components['schemas']['Problem'] };
      };
      401: components['responses']['unauthorized'];
      403: components['responses']['forbidden'];
      413: components['responses']['too-large'];
      415: components['responses']['unsupported-media-type'];
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  getHealth: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** It does */
      200: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['Health'] };
      };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  getHealthHead: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** It does */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  getOpenApi: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** OpenAPI 3.1 */
      200: {
        headers: { 'X-Request-Id'?: string };
        content: { 'application/json': components['schemas']['Document'] };
      };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  getOpenApiHead: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** OpenAPI 3.1 */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
  getDocs: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** A page */
      200: { headers: { 'X-Request-Id'?: string }; content: { 'text/html': string } };
      429: components['responses']['too-many-requests'];
      500: components['responses']['internal'];
      503: components['responses']['unavailable'];
    };
  };
  getDocsHead: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** A page */
      200: { headers: { 'X-Request-Id'?: string }; content?: never };
      /** The status of GET, without its problem document */
      default: { headers: Record<string, never>; content?: never };
    };
  };
}
