// A client that is not ours: Genesys Cloud's official SDK, unmodified, pointed at the simulator by its own gateway
// setting. It signs in, makes a channel, subscribes, lists topics, and receives events over the socket.
//
// From the environment: PORT, CLIENT_ID, CLIENT_SECRET. Prints one line of JSON with what it saw; the exit code is 0
// only when everything was right. Needs `npm ci` beside it (package-lock.json).
import platformClient from 'purecloud-platform-client-v2';
import WebSocket from 'ws';

const patienceMs = 45_000;
const eventsWanted = 20;
const saw = {};
const { PORT, CLIENT_ID, CLIENT_SECRET } = process.env;

function check(condition, what) {
    if (!condition)
        throw new Error(what);
}

/// The HTTP status of a call that has to fail.
async function statusOfFailure(call) {
    try {
        await call();
    } catch (error) {
        return error.status;
    }
    return 0;
}

async function signIn(client) {
    client.setGateway({ host: '127.0.0.1', protocol: 'http', port: Number(PORT) });
    saw.wrongSecret = await statusOfFailure(() => client.loginClientCredentialsGrant(CLIENT_ID, 'wrong'));
    check(saw.wrongSecret === 401, 'a wrong secret is not answered with 401');
    const granted = await client.loginClientCredentialsGrant(CLIENT_ID, CLIENT_SECRET);
    check(granted.accessToken.length > 20, 'no access token');
    saw.signedIn = true;
}

async function chooseTopics() {
    const users = await new platformClient.UsersApi().getUsers({ pageSize: 100 });
    const queues = await new platformClient.RoutingApi().getRoutingQueues({ pageSize: 100 });
    saw.users = users.total;
    saw.queues = queues.total;
    check(users.entities.length > 0 && queues.entities.length > 0, 'no users or no queues');
    const topics = users.entities.flatMap(
        (user) => ['presence', 'routingStatus', 'conversations'].map((name) => `v2.users.${user.id}.${name}`));
    return topics.concat(queues.entities.map((queue) => `v2.routing.queues.${queue.id}.conversations`));
}

async function subscribe(api, topics) {
    const channel = await api.postNotificationsChannels();
    check(channel.connectUri.startsWith('ws://127.0.0.1:'), 'connectUri is not on loopback');
    check(Date.parse(channel.expires) > Date.now(), 'the channel has expired already');
    await api.headNotificationsChannel(channel.id);
    const body = topics.map((id) => ({ id }));
    const added = await api.postNotificationsChannelSubscriptions(channel.id, body, { ignoreErrors: true });
    const rejected = added.entities.filter((topic) => topic.state === 'Rejected');
    saw.permitted = added.entities.length - rejected.length;
    saw.rejected = rejected.map((topic) => topic.missingPermissions);
    check(added.entities.length === topics.length && saw.permitted > 0, 'not every topic was answered');
    check(rejected.every((topic) => topic.rejectionReason && topic.missingPermissions.length > 0),
          'a rejection without its reason');
    const replaced = await api.putNotificationsChannelSubscriptions(channel.id, body, { ignoreErrors: true });
    check(replaced.entities.length === topics.length, 'PUT does not replace');
    const listed = await api.getNotificationsChannelSubscriptions(channel.id);
    check(listed.entities.length === topics.length, 'the subscriptions are not listed');
    const channels = await api.getNotificationsChannels();
    check(channels.entities.some((one) => one.id === channel.id), 'the channel is not listed');
    return channel;
}

async function listTopics(api) {
    const available = await api.getNotificationsAvailabletopics(
        { expand: ['description', 'requiresPermissions', 'transports', 'schema'], includePreview: true });
    const withSchema = available.entities.filter((topic) => topic.schema && topic.schema.properties);
    saw.availableTopics = available.entities.length;
    saw.schemas = withSchema.length;
    check(withSchema.length >= 26, 'schemas are missing');
}

/// Ends when enough events and the answer to a ping have come.
function listen(channel, topics) {
    return new Promise((resolve, reject) => {
        const known = new Set(topics.map((topic) => topic.toLowerCase()));
        const heard = new Set();
        const socket = new WebSocket(channel.connectUri);
        const finish = (settle, value) => {
            clearTimeout(timer);
            socket.close();
            settle(value);
        };
        const timer = setTimeout(() => finish(reject, new Error('too few events in time')), patienceMs);
        saw.events = 0;
        saw.pong = false;
        socket.on('error', (error) => finish(reject, error));
        socket.on('open', () => {
            socket.send(new Date().toTimeString()); // as the official command line does
            socket.send(JSON.stringify({ message: 'ping' }));
        });
        socket.on('message', (bytes) => {
            const frame = JSON.parse(bytes.toString());
            if (frame.topicName === 'channel.metadata') {
                saw.pong ||= frame.eventBody.message === 'pong';
            } else if (!known.has(frame.topicName.toLowerCase()) || frame.version !== '2' ||
                       !frame.metadata.CorrelationId) {
                finish(reject, new Error(`not an event that was asked for: ${frame.topicName}`));
            } else {
                ++saw.events;
                heard.add(frame.topicName);
                saw.topicsHeard = heard.size;
            }
            if (saw.events >= eventsWanted && saw.pong)
                finish(resolve);
        });
    });
}

async function run() {
    const client = platformClient.ApiClient.instance;
    await signIn(client);
    const topics = await chooseTopics();
    const api = new platformClient.NotificationsApi();
    await listTopics(api);
    const channel = await subscribe(api, topics);
    await listen(channel, topics);
    await api.deleteNotificationsChannelSubscriptions(channel.id);
    const left = await api.getNotificationsChannelSubscriptions(channel.id);
    check(left.entities.length === 0, 'DELETE leaves topics');
}

try {
    await run();
    saw.ok = true;
} catch (error) {
    saw.ok = false;
    saw.error = error.message ?? JSON.stringify(error.body ?? error);
}
console.log(JSON.stringify(saw));
process.exit(saw.ok ? 0 : 1);
