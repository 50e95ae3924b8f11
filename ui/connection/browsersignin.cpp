#include "ui/connection/browsersignin.h"

#include "core/base/clock.h"
#include "ui/common/numbers.h"
#include "ui/common/widgets.h"

#include <QBoxLayout>
#include <QDesktopServices>

namespace framescope {

namespace {

constexpr qint64 leastLeftNs = 60 * nsPerSecond; // a token that ends within the minute is as good as none

QString keyOf(const PkceRequest& request)
{
    return request.hosts.login.toString() + QLatin1Char(' ') + request.clientId;
}

} // namespace

BrowserSignIn::BrowserSignIn(QWidget* parent)
    : QFrame(parent)
    , m_opener([](const QUrl& url) { return QDesktopServices::openUrl(url); })
    , m_text(plainLabel({}, this))
    , m_again(linkButton(tr("Open the browser again"), this))
    , m_cancel(linkButton(tr("Cancel"), this))
{
    setAccessibleName(tr("Sign-in in the browser"));
    m_text->setWordWrap(true);
    m_again->setAutoDefault(false);
    m_cancel->setAutoDefault(false);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(m_text, 1);
    row->addWidget(m_again);
    row->addWidget(m_cancel);
    m_second.setInterval(1'000);
    connect(&m_second, &QTimer::timeout, this, &BrowserSignIn::showWaiting);
    connect(m_again, &QPushButton::clicked, this, &BrowserSignIn::open);
    connect(m_cancel, &QPushButton::clicked, this, &BrowserSignIn::cancel);
    hide();
}

BrowserSignIn::~BrowserSignIn() = default;

void BrowserSignIn::start(const PkceRequest& request, Reply reply)
{
    cancel();
    if (m_token && m_heldFor == keyOf(request) && m_token->expiresWallNs > now().wallNs + leastLeftNs) {
        reply(*m_token);
        return;
    }
    forget();
    m_heldFor = keyOf(request);
    m_reply = std::move(reply);
    m_signIn = std::make_unique<PkceSignIn>(request);
    connect(m_signIn.get(), &PkceSignIn::signedIn, this, [this](const AccessToken& token) {
        m_token = token;
        answer(token);
    });
    connect(m_signIn.get(), &PkceSignIn::failed, this, [this](const Error& error) { answer(tl::unexpected(error)); });
    connect(m_signIn.get(), &PkceSignIn::strangerRefused, this, [this] {
        m_aside = tr("An answer that did not belong to this sign-in was refused.");
        showWaiting();
    });
    const Expected<QUrl> url = m_signIn->start();
    if (!url) {
        answer(tl::unexpected(url.error()));
        return;
    }
    m_url = *url;
    m_deadlineMonoNs = monotonicNs() + qint64(request.patience.count()) * 1'000'000;
    m_aside.clear();
    m_second.start();
    show();
    open();
}

void BrowserSignIn::open()
{
    if (!m_signIn)
        return;
    if (!m_opener(m_url))
        m_aside = tr("No browser could be opened.");
    showWaiting();
}

void BrowserSignIn::showWaiting()
{
    const qint64 left = std::max<qint64>(0, m_deadlineMonoNs - monotonicNs()) / nsPerSecond;
    QString words = tr("Waiting for you to sign in in the browser (%1 left).").arg(countdownText(left));
    if (!m_aside.isEmpty())
        words += QLatin1Char(' ') + m_aside;
    m_text->setText(words);
}

void BrowserSignIn::cancel()
{
    if (!m_signIn)
        return;
    m_signIn->disconnect(this);
    m_signIn->cancel();
    answer(failure(ErrorCode::Cancelled, tr("The sign-in was cancelled")));
}

void BrowserSignIn::forget()
{
    m_token.reset();
    m_heldFor.clear();
}

/// The sign-in may be in the middle of its own signal, so that it goes later.
void BrowserSignIn::answer(const Expected<AccessToken>& outcome)
{
    m_second.stop();
    hide();
    m_url.clear();
    if (PkceSignIn* done = m_signIn.release())
        done->deleteLater();
    if (const Reply reply = std::exchange(m_reply, nullptr))
        reply(outcome);
}

QString BrowserSignIn::text() const
{
    return m_text->text();
}

} // namespace framescope
