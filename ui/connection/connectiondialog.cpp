#include "ui/connection/connectiondialog.h"

#include "ui/common/theme.h"
#include "ui/common/widgets.h"
#include "ui/connection/connectionform.h"
#include "ui/connection/errorwords.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPointer>

namespace framescope {

ConnectionDialog::ConnectionDialog(ProfileStore* store, QWidget* parent)
    : QDialog(parent)
    , m_store(store)
    , m_names(new QListWidget)
    , m_remove(new QPushButton(tr("&Remove")))
    , m_name(new QLineEdit)
    , m_region(new QComboBox)
    , m_url(new QLineEdit)
    , m_tokenUrl(new QLineEdit)
    , m_clientId(new QLineEdit)
    , m_secret(new QLineEdit)
    , m_scope(new QLineEdit)
    , m_caFile(new QLineEdit)
    , m_signIn(new QCheckBox(tr("Sign &in first")))
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
    sheets->addWidget(buildForm(), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    column->addLayout(sheets, 1);
    column->addWidget(buildButtons());
    resize(820, 500);

    connect(m_names, &QListWidget::currentTextChanged, this, &ConnectionDialog::selectProfile);
    connect(m_region, &QComboBox::activated, this, &ConnectionDialog::useRegion);
    connect(m_signIn, &QCheckBox::toggled, this, [this](bool isOn) {
        for (QWidget* field : std::initializer_list<QWidget*>{m_tokenUrl, m_clientId, m_secret, m_scope})
            field->setEnabled(isOn);
    });
    refreshNames();
    if (m_names->count() > 0)
        m_names->setCurrentRow(0);
    else
        startNew();
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

QWidget* ConnectionDialog::buildForm()
{
    QFrame* sheet = panelFrame();
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fillRegions();
    m_secret->setEchoMode(QLineEdit::Password);
    m_signIn->setChecked(true);
    m_url->setFont(Theme::instance().fixedFont());
    m_tokenUrl->setFont(Theme::instance().fixedFont());
    addRow(form, tr("Na&me"), m_name);
    addRow(form, tr("Re&gion"), m_region);
    addRow(form, tr("Stream &URL"), m_url);
    form->addRow(QString(), m_signIn);
    addRow(form, tr("T&oken URL"), m_tokenUrl);
    addRow(form, tr("Client i&d"), m_clientId);
    addRow(form, tr("Client s&ecret"), m_secret);
    addRow(form, tr("Sco&pe"), m_scope);
    auto* choose = new QPushButton(tr("C&hoose…"));
    choose->setAutoDefault(false);
    connect(choose, &QPushButton::clicked, this,
            [this] { chooseFile(this, m_caFile, tr("CA file"), tr("PEM files (*.pem *.crt)")); });
    auto* caRow = new QWidget;
    auto* caLayout = new QHBoxLayout(caRow);
    caLayout->setContentsMargins(0, 0, 0, 0);
    caLayout->addWidget(m_caFile, 1);
    caLayout->addWidget(choose);
    caRow->setFocusProxy(m_caFile);
    addRow(form, tr("C&A file"), caRow);
    m_caFile->setAccessibleName(tr("CA file"));
    m_caFile->setPlaceholderText(tr("only for an own certificate authority"));

    const QString keyring = ProfileStore::keyringName();
    m_notice->setText(
        keyring.isEmpty()
            ? tr("! No keyring was found: the secret is kept in memory only, and asked for again next time.")
            : tr("The secret is kept in the keyring (%1), never in a file.").arg(keyring));
    setKind(m_notice, keyring.isEmpty() ? "warning" : "secondary");
    m_notice->setWordWrap(true);
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_result->setAccessibleName(tr("Result"));

    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(10);
    column->addLayout(form);
    column->addWidget(m_notice);
    column->addStretch();
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
    m_test->setToolTip(tr("Signs in and opens the stream once, then closes it"));
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

void ConnectionDialog::addRow(QFormLayout* form, const QString& label, QWidget* field)
{
    auto* text = new QLabel(label);
    text->setBuddy(field);
    field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    form->addRow(text, field);
}

void ConnectionDialog::fillRegions()
{
    m_region->setEditable(true);
    m_region->setInsertPolicy(QComboBox::NoInsert);
    for (const Region& region : ProfileStore::regions())
        m_region->addItem(QStringLiteral("%1 · %2").arg(region.name, region.domain), region.domain);
    connect(m_region, &QComboBox::editTextChanged, this, &ConnectionDialog::showPlaceholders);
}

void ConnectionDialog::refreshNames()
{
    const QSignalBlocker blocker(m_names);
    const QString current = m_name->text();
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
    if (!profile)
        return;
    showProfile(*profile);
    refreshNames();
}

void ConnectionDialog::showProfile(const Profile& profile)
{
    ++m_request;
    setBusy(false);
    m_name->setText(profile.name);
    const int known = m_region->findData(profile.region);
    if (known >= 0)
        m_region->setCurrentIndex(known);
    else
        m_region->setEditText(profile.region);
    m_url->setText(profile.url.toString());
    m_tokenUrl->setText(profile.tokenUrl.toString());
    m_clientId->setText(profile.clientId);
    m_scope->setText(profile.scope);
    m_caFile->setText(profile.caFile);
    m_signIn->setChecked(profile.signIn);
    m_secret->clear();
    showPlaceholders();
    say({}, Tone::Neutral);
}

void ConnectionDialog::startNew()
{
    const QSignalBlocker blocker(m_names);
    m_names->setCurrentRow(-1);
    m_remove->setEnabled(false);
    Profile fresh;
    fresh.region = ProfileStore::regions().empty() ? QString() : ProfileStore::regions().front().domain;
    showProfile(fresh);
    m_name->setFocus();
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

void ConnectionDialog::useRegion(int)
{
    // The region's own addresses apply again: what was typed belonged to another region.
    m_url->clear();
    m_tokenUrl->clear();
    showPlaceholders();
}

void ConnectionDialog::showPlaceholders()
{
    Profile standard;
    standard.region = editedProfile().region;
    m_url->setPlaceholderText(standard.effectiveUrl().toString());
    m_tokenUrl->setPlaceholderText(standard.effectiveTokenUrl().toString());
    const bool isStored = m_store->names().contains(m_name->text());
    m_secret->setPlaceholderText(isStored ? tr("unchanged") : QString());
}

Profile ConnectionDialog::editedProfile() const
{
    Profile profile;
    profile.name = m_name->text().trimmed();
    const QString typed = m_region->currentText().trimmed();
    const int known = m_region->findText(typed);
    profile.region = known >= 0 ? m_region->itemData(known).toString() : typed;
    profile.url = QUrl(m_url->text().trimmed(), QUrl::StrictMode);
    profile.tokenUrl = QUrl(m_tokenUrl->text().trimmed(), QUrl::StrictMode);
    profile.clientId = m_clientId->text().trimmed();
    profile.scope = m_scope->text().simplified();
    profile.caFile = m_caFile->text().trimmed();
    profile.signIn = m_signIn->isChecked();
    return profile;
}

QString ConnectionDialog::problemOf(const Profile& profile) const
{
    if (!m_url->text().trimmed().isEmpty() && !profile.url.isValid())
        return tr("The stream URL cannot be read.");
    if (!m_tokenUrl->text().trimmed().isEmpty() && !profile.tokenUrl.isValid())
        return tr("The token URL cannot be read.");
    return profileProblem(profile);
}

bool ConnectionDialog::checkForm(const Profile& profile)
{
    const QString problem = problemOf(profile);
    if (!problem.isEmpty())
        say(QStringLiteral("✕ ") + problem, Tone::Bad);
    return problem.isEmpty();
}

void ConnectionDialog::withSecret(const Profile& profile, std::function<void(const Secret&)> next)
{
    if (!profile.signIn || !m_secret->text().isEmpty()) {
        next(Secret(m_secret->text().toUtf8()));
        return;
    }
    const quint64 request = ++m_request;
    const QPointer<ConnectionDialog> self(this);
    m_store->loadSecret(profile.name, [self, request, next = std::move(next)](const Expected<Secret>& secret) {
        if (!self || request != self->m_request)
            return;
        if (secret && !secret->isEmpty()) {
            next(*secret);
            return;
        }
        self->setBusy(false);
        self->say(tr("✕ No secret is stored for this profile. Enter the client secret."), Tone::Bad);
        self->m_secret->setFocus();
    });
}

void ConnectionDialog::test()
{
    const Profile profile = editedProfile();
    if (!checkForm(profile))
        return;
    setBusy(true);
    say(tr("Testing …"), Tone::Neutral);
    withSecret(profile, [this, profile](const Secret& secret) {
        const quint64 request = ++m_request;
        const QPointer<ConnectionDialog> self(this);
        m_store->test(profile, secret, [self, request](const Expected<QString>& result) {
            if (!self || request != self->m_request)
                return;
            self->setBusy(false);
            if (result)
                self->say(tr("✓ It works. %1").arg(*result), Tone::Good);
            else
                self->say(tr("✕ %1").arg(errorSentence(result.error())), Tone::Bad);
        });
    });
}

bool ConnectionDialog::saveProfile()
{
    const Profile profile = editedProfile();
    if (profile.name.isEmpty()) {
        say(tr("✕ Give the profile a name."), Tone::Bad);
        m_name->setFocus();
        return false;
    }
    if (!checkForm(profile))
        return false;
    if (const Expected<void> saved = m_store->save(profile); !saved) {
        say(tr("✕ Not saved. %1").arg(errorSentence(saved.error())), Tone::Bad);
        return false;
    }
    refreshNames();
    say(tr("✓ Saved."), Tone::Good);
    storeTypedSecret(profile.name);
    showPlaceholders();
    return true;
}

void ConnectionDialog::storeTypedSecret(const QString& name)
{
    if (m_secret->text().isEmpty())
        return;
    const QPointer<ConnectionDialog> self(this);
    m_store->storeSecret(name, Secret(m_secret->text().toUtf8()), [self](const Expected<void>& stored) {
        if (self && !stored)
            self->say(tr("✓ Saved. The secret is kept in memory only: %1").arg(errorSentence(stored.error())),
                      Tone::Neutral);
    });
    // It is stored: what stays in the field would only be there to be read off.
    m_secret->clear();
}

void ConnectionDialog::connectNow()
{
    const Profile profile = editedProfile();
    if (!checkForm(profile))
        return;
    setBusy(true);
    withSecret(profile, [this, profile](const Secret& secret) {
        setBusy(false);
        say({}, Tone::Neutral);
        SessionConfig config = ProfileStore::sessionConfig(profile, secret);
        if (config.sourceName.isEmpty())
            config.sourceName = profile.name.isEmpty() ? profile.effectiveUrl().host() : profile.name;
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
    m_test->setEnabled(!isBusy);
    m_connect->setEnabled(!isBusy);
}

} // namespace framescope
