#include "core/genesys/pkcesignin.h"

#include "core/auth/httpexchange.h"
#include "core/auth/tokenreply.h"
#include "core/auth/urlpolicy.h"
#include "core/base/clock.h"
#include "core/base/redactor.h"
#include "core/genesys/loopbackrequest.h"

#include <QCryptographicHash>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <QUrlQuery>

namespace framescope {

namespace {

constexpr int verifierLength = 64; ///< RFC 7636 section 4.1: 43 to 128
constexpr int connectionsLimit = 16;
const QString redirectPath = QStringLiteral("/callback");

constexpr auto base64Url = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

/// Of the system's generator: unguessable.
QByteArray freshText(int length)
{
    QByteArray bytes(length, Qt::Uninitialized);
    for (char& byte : bytes)
        byte = char(QRandomGenerator::system()->bounded(256));
    return bytes.toBase64(base64Url).left(length);
}

QByteArray formField(const char* name, const QByteArray& value)
{
    return QByteArray(name) + '=' + value.toPercentEncoding();
}

} // namespace

struct PkceSignIn::Private
{
    explicit Private(PkceSignIn* signIn, PkceRequest pkce)
        : q(signIn)
        , request(std::move(pkce))
    {
    }

    void onConnection();
    LoopbackRequest::Answer onRedirect(const QByteArray& method, const QUrl& target);
    void exchangeCode(const QByteArray& code);
    void onTokenAnswer(const Expected<HttpAnswer>& answer);
    void fail(const Error& error);
    void close();
    /// Whoever hears it may delete us, which must not happen inside a browser's request.
    template <typename Call>
    void later(Call call)
    {
        QMetaObject::invokeMethod(q, std::move(call), Qt::QueuedConnection);
    }
    [[nodiscard]] QString redirectUri() const
    {
        return QStringLiteral("http://127.0.0.1:%1%2").arg(port).arg(redirectPath);
    }

    PkceSignIn* q;
    PkceRequest request;
    QTcpServer* server = nullptr;
    HttpExchange* exchange = nullptr;
    QTimer* deadline = nullptr;
    QByteArray verifier;
    QByteArray state;
    quint16 port = 0;
    int connections = 0;  ///< that are open
    bool waiting = false; ///< for the browser's answer: it is taken once
};

PkceSignIn::PkceSignIn(PkceRequest request, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(request)))
{
    d->exchange = new HttpExchange(this);
    d->deadline = new QTimer(this);
    d->deadline->setSingleShot(true);
    connect(d->deadline, &QTimer::timeout, this, [this] {
        d->fail({ErrorCode::Timeout, QStringLiteral("Nobody signed in within the time. Start again."), {}});
    });
}

PkceSignIn::~PkceSignIn() = default;

Expected<QUrl> PkceSignIn::start()
{
    cancel();
    const Expected<QUrl> page = checkedUrl(d->request.hosts.authorizeUrl(), UrlUse::Token);
    if (!page)
        return tl::unexpected<Error>(page.error());
    if (d->request.clientId.isEmpty())
        return failure(ErrorCode::InvalidArgument, QStringLiteral("A client id is needed to sign in."));
    d->server = new QTcpServer(this);
    d->server->setMaxPendingConnections(connectionsLimit);
    connect(d->server, &QTcpServer::newConnection, this, [this] { d->onConnection(); });
    if (!d->server->listen(QHostAddress::LocalHost, d->request.redirectPort)) {
        const QString why = d->server->errorString();
        d->close();
        return failure(ErrorCode::Network,
                       QStringLiteral("The port %1 for the browser's answer is not free (%2). Choose another one, and "
                                      "register its address at the OAuth client.")
                           .arg(d->request.redirectPort)
                           .arg(why));
    }
    d->port = d->server->serverPort();
    d->verifier = freshText(verifierLength);
    d->state = freshText(32);
    redactor::add(Secret(d->verifier));
    redactor::add(Secret(d->state));
    d->waiting = true;
    d->deadline->start(d->request.patience);
    const QByteArray challenge = QCryptographicHash::hash(d->verifier, QCryptographicHash::Sha256).toBase64(base64Url);
    QUrl url = *page;
    url.setQuery(QString::fromLatin1(formField("client_id", d->request.clientId.toUtf8()) + '&' +
                                     formField("redirect_uri", d->redirectUri().toUtf8()) + "&response_type=code&" +
                                     formField("code_challenge", challenge) + "&code_challenge_method=S256&" +
                                     formField("state", d->state)),
                 QUrl::StrictMode);
    return url;
}

void PkceSignIn::cancel()
{
    d->close();
    d->exchange->cancel();
}

void PkceSignIn::Private::close()
{
    waiting = false;
    deadline->stop();
    if (QTcpServer* closing = std::exchange(server, nullptr)) {
        closing->close(); // answers that are under way are still sent
        closing->deleteLater();
    }
}

void PkceSignIn::Private::onConnection()
{
    while (QTcpSocket* socket = server ? server->nextPendingConnection() : nullptr) {
        if (connections >= connectionsLimit || !socket->peerAddress().isLoopback()) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        ++connections;
        auto* reader = new LoopbackRequest(
            socket, [this](const QByteArray& method, const QUrl& target) { return onRedirect(method, target); }, q);
        QObject::connect(reader, &QObject::destroyed, q, [this] { --connections; });
    }
}

LoopbackRequest::Answer PkceSignIn::Private::onRedirect(const QByteArray& method, const QUrl& target)
{
    if (method != "GET" || target.path() != redirectPath)
        return {404, "Not here", "Framescope only waits for the answer to a sign-in."}; // a browser asks for an icon
    const QUrlQuery query(target);
    const QByteArray answeredState = query.queryItemValue(QStringLiteral("state"), QUrl::FullyDecoded).toUtf8();
    if (!waiting || answeredState != state) {
        // Somebody else's answer, or an old one: it must neither sign anybody in nor end the wait.
        later([this] { Q_EMIT q->strangerRefused(); });
        return {400, "Refused",
                "This answer does not belong to the sign-in that Framescope waits for. Nothing was "
                "changed; start the sign-in again from Framescope."};
    }
    const QString error = query.queryItemValue(QStringLiteral("error"), QUrl::FullyDecoded);
    if (!error.isEmpty()) {
        const QString description = query.queryItemValue(QStringLiteral("error_description"), QUrl::FullyDecoded);
        fail({ErrorCode::Refused,
              redactor::redacted(
                  QStringLiteral("The sign-in was refused (%1). Check that the person may use this OAuth client.")
                      .arg((description.isEmpty() ? error : error + QStringLiteral(": ") + description).left(200))),
              urlWithoutQuery(request.hosts.authorizeUrl())});
        return {200, "Not signed in", "The sign-in was refused. You may close this page and return to Framescope."};
    }
    const QByteArray code = query.queryItemValue(QStringLiteral("code"), QUrl::FullyDecoded).toUtf8();
    if (code.isEmpty()) {
        fail({ErrorCode::Protocol, QStringLiteral("The sign-in page answered without a code."),
              urlWithoutQuery(request.hosts.authorizeUrl())});
        return {400, "Not signed in", "The answer holds no code. Start the sign-in again from Framescope."};
    }
    close(); // once
    redactor::add(Secret(code));
    exchangeCode(code);
    return {200, "Signed in", "You may close this page and return to Framescope."};
}

/// RFC 7636 section 4.5: the verifier proves that we are who asked; there is no secret and no Authorization header.
void PkceSignIn::Private::exchangeCode(const QByteArray& code)
{
    HttpCall call;
    call.verb = "POST";
    call.url = request.hosts.tokenUrl();
    call.caFile = request.caFile;
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = "grant_type=authorization_code&" + formField("code", code) + '&' +
                formField("code_verifier", verifier) + '&' + formField("client_id", request.clientId.toUtf8()) + '&' +
                formField("redirect_uri", redirectUri().toUtf8());
    exchange->start(call, [this](const Expected<HttpAnswer>& answer) { onTokenAnswer(answer); });
}

void PkceSignIn::Private::onTokenAnswer(const Expected<HttpAnswer>& answer)
{
    if (!answer)
        return fail(answer.error());
    const QString place = urlWithoutQuery(request.hosts.tokenUrl());
    if (answer->status != 200)
        return fail(errorFromReply(answer->status, answer->body, place, SignInKind::Person));
    Expected<AccessToken> token = tokenFromReply(answer->body, now().wallNs);
    if (!token) {
        token.error().place = place;
        return fail(token.error());
    }
    redactor::add(token->value);
    Q_EMIT q->signedIn(*token);
}

void PkceSignIn::Private::fail(const Error& error)
{
    close();
    exchange->cancel();
    later([this, error] { Q_EMIT q->failed(error); });
}

} // namespace framescope
