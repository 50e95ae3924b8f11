#include "ui/connection/connectiondialog.h"

#include "ui/common/errorwords.h"
#include "ui/common/widgets.h"
#include "ui/connection/browsersignin.h"
#include "ui/connection/connectionform.h"
#include "ui/connection/profileform.h"
#include "ui/connection/topicchooser.h"

#include <QListWidget>
#include <QMessageBox>
#include <QPointer>
#include <QStackedWidget>

namespace framescope {

namespace {

enum Page
{
    FormPage,
    TopicsPage
};

} // namespace

ConnectionDialog::ConnectionDialog(ProfileStore* store, QWidget* parent)
    : QDialog(parent)
    , m_store(store)
    , m_names(new QListWidget)
    , m_remove(new QPushButton(tr("&Remove")))
    , m_tabs(flatTabBar())
    , m_pages(new QStackedWidget)
    , m_form(new ProfileForm)
    , m_topics(new TopicChooser)
    , m_browser(new BrowserSignIn)
    , m_notice(plainLabel())
    , m_result(plainLabel())
    , m_test(new QPushButton(tr("&Test")))
    , m_save(new QPushButton(tr("&Save")))
    , m_connect(primaryButton(tr("&Connect")))
{
    setWindowTitle(tr("Connections"));
    setModal(false);
    auto* sheets = new QHBoxLayout;
    sheets->setSpacing(8);
    sheets->addWidget(buildList());
    sheets->addWidget(buildSheet(), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    column->addLayout(sheets, 1);
    column->addWidget(buildButtons());
    resize(980, 640);
    wire();
    refreshNames();
    if (m_names->count() > 0)
        m_names->setCurrentRow(0);
    else
        startNew();
}

ConnectionDialog::~ConnectionDialog() = default;

void ConnectionDialog::wire()
{
    connect(m_names, &QListWidget::currentTextChanged, this, &ConnectionDialog::selectProfile);
    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_form, &ProfileForm::kindChanged, this, &ConnectionDialog::showKind);
    connect(m_form, &ProfileForm::identityEdited, m_topics, &TopicChooser::forgetDirectory);
    connect(m_form, &ProfileForm::identityEdited, this, &ConnectionDialog::showNotice);
    connect(m_topics, &TopicChooser::loadRequested, this, &ConnectionDialog::loadTopics);
    connect(m_topics, &TopicChooser::chosenChanged, this, &ConnectionDialog::showKind);
}

QWidget* ConnectionDialog::buildList()
{
    QFrame* sheet = panelFrame();
    auto* title = titleLabel(tr("Profiles"));
    auto* add = new QPushButton(tr("&New"));
    m_names->setAccessibleName(tr("Profiles"));
    m_names->setFrameShape(QFrame::NoFrame);
    m_names->setTextElideMode(Qt::ElideRight);
    m_names->setUniformItemSizes(true);
    connect(add, &QPushButton::clicked, this, &ConnectionDialog::startNew);
    connect(m_remove, &QPushButton::clicked, this, &ConnectionDialog::removeProfile);
    connect(m_names, &QListWidget::itemActivated, this, &ConnectionDialog::connectNow);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(add);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(title);
    column->addWidget(m_names, 1);
    column->addLayout(buttons);
    sheet->setFixedWidth(230);
    return sheet;
}

QWidget* ConnectionDialog::buildSheet()
{
    QFrame* sheet = panelFrame();
    m_notice->setWordWrap(true);
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_result->setAccessibleName(tr("Result"));
    m_tabs->setAccessibleName(tr("Pages of the profile"));
    m_tabs->addTab(tr("Connection"));
    m_tabs->addTab(tr("Topics"));

    auto* formPage = new QWidget;
    auto* formColumn = new QVBoxLayout(formPage);
    formColumn->setContentsMargins(0, 0, 0, 0);
    formColumn->setSpacing(10);
    formColumn->addWidget(m_form);
    formColumn->addWidget(m_notice);
    formColumn->addStretch();
    m_pages->addWidget(formPage);
    m_pages->addWidget(m_topics);

    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(16, 8, 16, 14);
    column->setSpacing(10);
    column->addWidget(m_tabs);
    column->addWidget(m_pages, 1);
    column->addWidget(m_browser);
    column->addWidget(m_result);
    return sheet;
}

QWidget* ConnectionDialog::buildButtons()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* close = new QPushButton(tr("C&lose"));
    close->setAutoDefault(false);
    m_test->setToolTip(tr("Signs in and connects once, then closes again"));
    m_test->setAutoDefault(false);
    m_save->setAutoDefault(false);
    m_connect->setDefault(true);
    row->addWidget(m_test);
    row->addStretch();
    row->addWidget(close);
    row->addWidget(m_save);
    row->addWidget(m_connect);
    connect(close, &QPushButton::clicked, this, &ConnectionDialog::close);
    connect(m_test, &QPushButton::clicked, this, &ConnectionDialog::test);
    connect(m_save, &QPushButton::clicked, this, &ConnectionDialog::saveProfile);
    connect(m_connect, &QPushButton::clicked, this, &ConnectionDialog::connectNow);
    return bar;
}

void ConnectionDialog::refreshNames()
{
    const QSignalBlocker blocker(m_names);
    const QString current = m_form->name();
    m_names->clear();
    m_names->addItems(m_store->names());
    for (int row = 0; row < m_names->count(); ++row) {
        if (m_names->item(row)->text() == current)
            m_names->setCurrentRow(row);
    }
    m_remove->setEnabled(m_names->currentRow() >= 0);
}

void ConnectionDialog::selectProfile(const QString& name)
{
    const Expected<Profile> profile = m_store->profile(name);
    if (!profile) {
        if (profile.error().code != ErrorCode::NotFound)
            say(QStringLiteral("✕ ") + errorSentence(profile.error()), Tone::Bad);
        return;
    }
    showProfile(*profile);
    refreshNames();
}

void ConnectionDialog::showProfile(const Profile& profile)
{
    ++m_request;
    m_browser->cancel();
    setBusy(false);
    m_form->showProfile(profile);
    m_form->setSecretStored(m_store->names().contains(profile.name));
    m_topics->forgetDirectory();
    m_topics->setChosen(profile.topics);
    m_tabs->setCurrentIndex(FormPage);
    showKind();
    say({}, Tone::Neutral);
}

void ConnectionDialog::showKind()
{
    const bool hasTopics = m_form->kind() == ProfileKind::Notifications;
    if (!hasTopics)
        m_tabs->setCurrentIndex(FormPage);
    m_tabs->setTabVisible(TopicsPage, hasTopics);
    showNotice();
    const qsizetype count = m_topics->chosen().size();
    m_tabs->setTabText(TopicsPage, count == 0 ? tr("Topics") : tr("Topics (%1)").arg(count));
}

/// Where what signs in is kept.
void ConnectionDialog::showNotice()
{
    const Profile profile = m_form->profile();
    if (profile.kind == ProfileKind::Notifications && profile.personSignsIn) {
        m_notice->setText(tr("Your browser signs you in; the token is kept in memory only, for as long as it holds."));
        setKind(m_notice, "secondary");
        return;
    }
    const QString keyring = ProfileStore::keyringName();
    m_notice->setText(
        keyring.isEmpty()
            ? tr("! No keyring was found: the secret is kept in memory only, and asked for again next time.")
            : tr("The secret is kept in the keyring (%1), never in a file.").arg(keyring));
    setKind(m_notice, keyring.isEmpty() ? "warning" : "secondary");
}

void ConnectionDialog::startNew()
{
    const QSignalBlocker blocker(m_names);
    m_names->setCurrentRow(-1);
    m_remove->setEnabled(false);
    Profile fresh;
    const std::vector<Region> regions = ProfileStore::regions();
    fresh.region = regions.empty() ? QString() : regions.front().domain;
    showProfile(fresh);
    m_form->focusName();
}

void ConnectionDialog::removeProfile()
{
    const QString name = m_names->currentItem() ? m_names->currentItem()->text() : QString();
    if (name.isEmpty())
        return;
    auto* question = new QMessageBox(QMessageBox::Question, tr("Remove a profile"), {}, QMessageBox::NoButton, this);
    question->setTextFormat(Qt::PlainText);
    question->setText(tr("Remove the profile “%1” and its secret?").arg(name));
    question->setAttribute(Qt::WA_DeleteOnClose);
    QAbstractButton* remove = question->addButton(tr("Remove"), QMessageBox::DestructiveRole);
    question->setDefaultButton(question->addButton(QMessageBox::Cancel));
    connect(question, &QMessageBox::buttonClicked, this, [this, name, remove](QAbstractButton* pressed) {
        if (pressed != remove)
            return;
        m_store->remove(name);
        startNew();
        refreshNames();
    });
    question->open();
}

Profile ConnectionDialog::editedProfile() const
{
    Profile profile = m_form->profile();
    profile.topics = m_topics->chosen();
    return profile;
}

bool ConnectionDialog::checkForm(const Profile& profile, bool needsTopics)
{
    QString problem = m_form->unreadable();
    if (problem.isEmpty())
        problem = profileProblem(profile);
    if (problem.isEmpty() && needsTopics && profile.kind == ProfileKind::Notifications && profile.topics.isEmpty()) {
        problem = tr("Choose at least one topic.");
        m_tabs->setCurrentIndex(TopicsPage);
    }
    if (!problem.isEmpty())
        say(QStringLiteral("✕ ") + problem, Tone::Bad);
    return problem.isEmpty();
}

void ConnectionDialog::withAccess(const Profile& profile, WithAccess next)
{
    if (profile.kind == ProfileKind::Notifications && profile.personSignsIn)
        withPerson(profile, std::move(next));
    else
        withSecret(profile, std::move(next));
}

void ConnectionDialog::withPerson(const Profile& profile, WithAccess next)
{
    const Expected<GenesysHosts> hosts = profile.hosts();
    if (!hosts) {
        setBusy(false);
        say(QStringLiteral("✕ ") + errorSentence(hosts.error()), Tone::Bad);
        return;
    }
    PkceRequest request;
    request.hosts = *hosts;
    request.clientId = profile.clientId;
    request.redirectPort = profile.redirectPort;
    request.caFile = profile.caFile;
    m_browser->start(request, [this, number = ++m_request, next = std::move(next)](const Expected<AccessToken>& token) {
        if (number != m_request)
            return;
        if (token) {
            next(Access{{}, *token});
            return;
        }
        setBusy(false);
        say(QStringLiteral("✕ ") + errorSentence(token.error()), Tone::Bad);
        m_topics->say({});
    });
}

void ConnectionDialog::withSecret(const Profile& profile, WithAccess next)
{
    const Secret typed = m_form->typedSecret();
    const bool isNeeded = profile.signIn || profile.kind == ProfileKind::Notifications;
    if (!isNeeded || !typed.isEmpty()) {
        next(Access{typed, {}});
        return;
    }
    const quint64 request = ++m_request;
    const QPointer<ConnectionDialog> self(this);
    m_store->loadSecret(profile.name, [self, request, next = std::move(next)](const Expected<Secret>& secret) {
        if (!self || request != self->m_request)
            return;
        if (secret && !secret->isEmpty()) {
            next(Access{*secret, {}});
            return;
        }
        self->setBusy(false);
        self->m_topics->say({});
        self->say(tr("✕ No secret is stored for this profile. Enter the client secret."), Tone::Bad);
        self->m_tabs->setCurrentIndex(FormPage);
        self->m_form->focusSecret();
    });
}

void ConnectionDialog::test()
{
    const Profile profile = editedProfile();
    if (!checkForm(profile))
        return;
    setBusy(true);
    say(tr("Testing …"), Tone::Neutral);
    withAccess(profile, [this, profile](const Access& access) {
        const quint64 request = ++m_request;
        const QPointer<ConnectionDialog> self(this);
        const auto answered = [self, request](const Expected<QString>& result) {
            if (!self || request != self->m_request)
                return;
            self->setBusy(false);
            if (result)
                self->say(tr("✓ It works. %1").arg(*result), Tone::Good);
            else
                self->say(tr("✕ %1").arg(errorSentence(result.error())), Tone::Bad);
        };
        m_store->test(profile, access.secret, answered, access.token);
    });
}

void ConnectionDialog::loadTopics()
{
    const Profile profile = editedProfile();
    if (!checkForm(profile, false))
        return;
    setBusy(true);
    say({}, Tone::Neutral);
    m_topics->say(profile.personSignsIn ? tr("Waiting for the sign-in in the browser …") : tr("Signing in …"));
    withAccess(profile, [this, profile](const Access& access) {
        setBusy(false);
        std::optional<NotificationConfig> config = ProfileStore::sessionConfig(profile, access.secret).notifications;
        if (!config)
            return;
        config->token = access.token;
        m_topics->useDirectory(directoryCalls(std::make_shared<Directory>(*config)), profile.personSignsIn);
    });
}

bool ConnectionDialog::saveProfile()
{
    const Profile profile = editedProfile();
    if (profile.name.isEmpty()) {
        say(tr("✕ Give the profile a name."), Tone::Bad);
        m_form->focusName();
        return false;
    }
    if (!checkForm(profile, false))
        return false;
    if (const Expected<void> saved = m_store->save(profile); !saved) {
        say(tr("✕ Not saved. %1").arg(errorSentence(saved.error())), Tone::Bad);
        return false;
    }
    refreshNames();
    say(tr("✓ Saved."), Tone::Good);
    storeTypedSecret(profile.name);
    m_form->setSecretStored(true);
    return true;
}

void ConnectionDialog::storeTypedSecret(const QString& name)
{
    const Secret typed = m_form->typedSecret();
    if (typed.isEmpty())
        return;
    const QPointer<ConnectionDialog> self(this);
    m_store->storeSecret(name, typed, [self](const Expected<void>& stored) {
        if (self && !stored)
            self->say(tr("✓ Saved. The secret is kept in memory only: %1").arg(errorSentence(stored.error())),
                      Tone::Neutral);
    });
    // It is stored: what stays in the field would only be there to be read off.
    m_form->clearSecret();
}

void ConnectionDialog::connectNow()
{
    const Profile profile = editedProfile();
    if (!checkForm(profile))
        return;
    setBusy(true);
    withAccess(profile, [this, profile](const Access& access) {
        setBusy(false);
        say({}, Tone::Neutral);
        SessionConfig config = ProfileStore::sessionConfig(profile, access.secret);
        if (config.notifications)
            config.notifications->token = access.token;
        if (config.sourceName.isEmpty())
            config.sourceName = profile.name.isEmpty() ? config.stream.url.host() : profile.name;
        if (config.sourceName.isEmpty())
            config.sourceName = profile.region;
        Q_EMIT connectRequested(config);
    });
}

QString ConnectionDialog::resultText() const
{
    return m_result->text();
}

QString ConnectionDialog::keyringNotice() const
{
    return m_notice->text();
}

void ConnectionDialog::say(const QString& text, Tone tone)
{
    setKind(m_result, tone == Tone::Good ? "accepted" : tone == Tone::Bad ? "refused" : "secondary");
    m_result->setText(text);
}

void ConnectionDialog::setBusy(bool isBusy)
{
    // During a sign-in in the browser one may change one's mind: Cancel stands beside the waiting line.
    m_test->setEnabled(!isBusy);
    m_connect->setEnabled(!isBusy);
}

} // namespace framescope
