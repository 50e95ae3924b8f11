#include "ui/connection/topicchooser.h"

#include "ui/common/errorwords.h"
#include "ui/common/numbers.h"
#include "ui/common/plaintext.h"
#include "ui/common/theme.h"
#include "ui/common/topicwords.h"
#include "ui/common/widgets.h"
#include "ui/connection/availabletopicsmodel.h"
#include "ui/connection/topicids.h"
#include "ui/detail/rowtable.h"

#include <QBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QTableView>
#include <QUuid>

namespace framescope {

namespace {
constexpr int askDelayMs = 250;
constexpr int idRole = Qt::UserRole;
constexpr qsizetype longestChosen = 80;
} // namespace

DirectoryCalls directoryCalls(const std::shared_ptr<Directory>& directory)
{
    DirectoryCalls calls;
    calls.topics = [directory](auto reply) { directory->topics(std::move(reply)); };
    calls.queues = [directory](const QString& text, auto reply) { directory->queues(text, std::move(reply)); };
    calls.users = [directory](const QString& text, auto reply) { directory->users(text, std::move(reply)); };
    calls.me = [directory](auto reply) { directory->me(std::move(reply)); };
    return calls;
}

TopicChooser::TopicChooser(QWidget* parent)
    : QWidget(parent)
    , m_offered(new AvailableTopicsModel(this))
    , m_search(new QLineEdit)
    , m_load(new QPushButton(tr("Read what is on o&ffer")))
    , m_table(new QTableView)
    , m_idLabel(secondaryLabel())
    , m_id(new QLineEdit)
    , m_add(new QPushButton(tr("A&dd")))
    , m_names(new QListWidget)
    , m_chosen(new QListWidget)
    , m_gauge(secondaryLabel())
    , m_words(secondaryLabel())
    , m_remove(new QPushButton(tr("Remo&ve")))
    , m_myPresence(new QPushButton(tr("My &presence")))
    , m_myConversations(new QPushButton(tr("My c&onversations")))
{
    m_words->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(buildOffered(), 3);
    column->addWidget(buildPicker());
    column->addWidget(buildChosen(), 2);
    column->addWidget(m_words);
    m_askDelay.setSingleShot(true);
    m_askDelay.setInterval(askDelayMs);
    wire();
    forgetDirectory();
    showChosen();
}

QWidget* TopicChooser::buildOffered()
{
    m_search->setPlaceholderText(tr("Search topics by name, description or permission"));
    m_search->setAccessibleName(tr("Search topics"));
    m_search->setClearButtonEnabled(true);
    m_load->setAutoDefault(false);
    m_load->setToolTip(tr("Signs in and asks the service which topics there are"));
    m_table->setModel(m_offered);
    setUpRowTable(m_table);
    m_table->setAccessibleName(tr("Topics on offer"));
    m_table->setItemDelegate(new RowDelegate(AvailableTopicsModel::SeverityRole, RowDelegate::Look::Plain, m_table));
    m_table->setItemDelegateForColumn(
        AvailableTopicsModel::TopicColumn,
        new RowDelegate(AvailableTopicsModel::SeverityRole, RowDelegate::Look::Fixed, m_table));
    m_table->setItemDelegateForColumn(
        AvailableTopicsModel::NeedsColumn,
        new RowDelegate(AvailableTopicsModel::SeverityRole, RowDelegate::Look::Severity, m_table));
    m_table->horizontalHeader()->resizeSection(AvailableTopicsModel::TopicColumn, 330);
    m_table->horizontalHeader()->resizeSection(AvailableTopicsModel::NeedsColumn, 210);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setMinimumHeight(120);
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_search, 1);
    row->addWidget(m_load);
    column->addLayout(row);
    QFrame* frame = panelFrame();
    auto* inside = new QVBoxLayout(frame);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(m_table);
    column->addWidget(frame, 1);
    return part;
}

QWidget* TopicChooser::buildPicker()
{
    m_idLabel->setWordWrap(true);
    m_id->setAccessibleName(tr("Ids, names or topics"));
    m_add->setAutoDefault(false);
    m_names->setAccessibleName(tr("Found by name"));
    m_names->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_names->setUniformItemSizes(true);
    m_names->setFixedHeight(4 * Theme::instance().rowHeight());
    m_names->hide();
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_id, 1);
    row->addWidget(m_add);
    column->addWidget(m_idLabel);
    column->addLayout(row);
    column->addWidget(m_names);
    return part;
}

QWidget* TopicChooser::buildChosen()
{
    m_chosen->setAccessibleName(tr("Chosen topics"));
    m_chosen->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_chosen->setUniformItemSizes(true);
    m_chosen->setMinimumHeight(70);
    for (QPushButton* button : {m_remove, m_myPresence, m_myConversations})
        button->setAutoDefault(false);
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(titleLabel(tr("Chosen")));
    row->addWidget(m_gauge);
    row->addStretch();
    row->addWidget(m_myPresence);
    row->addWidget(m_myConversations);
    row->addWidget(m_remove);
    QFrame* frame = panelFrame();
    auto* inside = new QVBoxLayout(frame);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(m_chosen);
    column->addLayout(row);
    column->addWidget(frame, 1);
    return part;
}

void TopicChooser::wire()
{
    connect(m_search, &QLineEdit::textChanged, m_offered, &AvailableTopicsModel::setFilter);
    connect(m_load, &QPushButton::clicked, this, &TopicChooser::loadRequested);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TopicChooser::showSelected);
    connect(m_offered, &QAbstractItemModel::modelReset, this, &TopicChooser::showSelected);
    connect(m_id, &QLineEdit::textEdited, &m_askDelay, QOverload<>::of(&QTimer::start));
    connect(&m_askDelay, &QTimer::timeout, this, &TopicChooser::askNames);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_search, m_table, m_id, m_names})
        widget->installEventFilter(this);
    connect(m_add, &QPushButton::clicked, this, &TopicChooser::addTyped);
    connect(m_names, &QListWidget::itemDoubleClicked, this, &TopicChooser::addTyped);
    connect(m_remove, &QPushButton::clicked, this, &TopicChooser::removeSelected);
    connect(m_chosen, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(!m_chosen->selectedItems().isEmpty()); });
    connect(m_myPresence, &QPushButton::clicked, this, [this] { addMine(QStringLiteral("presence")); });
    connect(m_myConversations, &QPushButton::clicked, this, [this] { addMine(QStringLiteral("conversations")); });
}

/// Enter means the next step here; left alone it would reach the dialog's default button, which connects.
bool TopicChooser::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key != Qt::Key_Return && key != Qt::Key_Enter)
        return QWidget::eventFilter(watched, event);
    if (watched == m_search)
        m_table->setFocus(Qt::OtherFocusReason);
    else if (watched == m_table)
        m_id->setFocus(Qt::OtherFocusReason);
    else
        addTyped();
    return true;
}

void TopicChooser::forgetDirectory()
{
    ++m_generation;
    m_calls = {};
    m_hasUser = false;
    m_me = {};
    m_offered->setTopics({}, false);
    m_names->hide();
    m_load->setEnabled(true);
    say(tr("Read what is on offer, or paste topics such as v2.users.ID.presence."));
    showSelected();
    showMine();
}

void TopicChooser::useDirectory(DirectoryCalls calls, bool hasUser)
{
    forgetDirectory();
    m_calls = std::move(calls);
    m_hasUser = hasUser;
    m_load->setEnabled(false);
    say(tr("Asking the service …"));
    const QPointer<TopicChooser> self(this);
    m_calls.topics([self, generation = m_generation](const Expected<std::vector<AvailableTopic>>& topics) {
        if (self && generation == self->m_generation)
            self->takeTopics(topics);
    });
    if (!hasUser) {
        showMine();
        return;
    }
    m_calls.me([self, generation = m_generation](const Expected<NamedEntity>& me) {
        if (self && generation == self->m_generation)
            self->takeMe(me);
    });
}

void TopicChooser::takeTopics(const Expected<std::vector<AvailableTopic>>& topics)
{
    m_load->setEnabled(true);
    if (!topics) {
        say(QStringLiteral("✕ ") + errorSentence(topics.error()), true);
        return;
    }
    m_offered->setTopics(*topics, m_hasUser);
    say(tr("%1 topics are on offer. Choose one, then whose it is.").arg(countText(topics->size())));
}

void TopicChooser::takeMe(const Expected<NamedEntity>& me)
{
    if (me)
        m_me = *me;
    showMine();
    if (!me)
        m_myPresence->setToolTip(errorSentence(me.error()).toHtmlEscaped());
}

void TopicChooser::showMine()
{
    const bool isKnown = !m_me.id.isEmpty();
    const QString reason = isKnown     ? tr("Of %1").arg(visibleText(m_me.name.left(longestChosen)))
                           : m_hasUser ? tr("The service has not said yet who signed in")
                                       : tr("Only for a person who signs in in the browser: client credentials have no "
                                            "user. Read what is on offer once signed in");
    for (QPushButton* button : {m_myPresence, m_myConversations}) {
        button->setEnabled(isKnown);
        button->setToolTip(reason.toHtmlEscaped());
    }
}

QString TopicChooser::selectedPattern() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    const AvailableTopic* topic = rows.isEmpty() ? nullptr : m_offered->topicAt(rows.constFirst().row());
    return topic ? QString::fromUtf8(topic->id) : QString();
}

void TopicChooser::showSelected()
{
    const QString pattern = selectedPattern();
    ++m_question;
    m_names->hide();
    m_names->clear();
    const QString shown = shortTopicName(pattern.toUtf8());
    switch (pattern.isEmpty() ? TopicParameter::Other : topicParameter(pattern.toUtf8())) {
    case TopicParameter::Queue:
        m_idLabel->setText(tr("Whose %1? Type the name of a queue, or paste ids.").arg(shown));
        break;
    case TopicParameter::User:
        m_idLabel->setText(tr("Whose %1? Type the name of a user, or paste ids.").arg(shown));
        break;
    case TopicParameter::None:
        m_idLabel->setText(tr("%1 needs no id.").arg(shown));
        break;
    case TopicParameter::Other:
        m_idLabel->setText(pattern.isEmpty() ? tr("Paste whole topics, or choose one above first.")
                                             : tr("%1: paste ids.").arg(shown));
        break;
    }
    if (!m_id->text().isEmpty())
        m_askDelay.start();
}

void TopicChooser::askNames()
{
    const quint64 question = ++m_question; // an answer to what was typed before comes too late
    const TopicParameter parameter = topicParameter(selectedPattern().toUtf8());
    const auto& ask = parameter == TopicParameter::Queue ? m_calls.queues : m_calls.users;
    const QString text = m_id->text().trimmed();
    const bool isNamed = parameter == TopicParameter::Queue || parameter == TopicParameter::User;
    if (!isNamed || !ask || text.startsWith(QLatin1String("v2."))) {
        m_names->hide();
        return;
    }
    const QPointer<TopicChooser> self(this);
    ask(text, [self, generation = m_generation, question](const Expected<std::vector<NamedEntity>>& names) {
        if (self && generation == self->m_generation && question == self->m_question)
            self->takeNames(names);
    });
}

void TopicChooser::takeNames(const Expected<std::vector<NamedEntity>>& names)
{
    m_names->clear();
    if (!names) {
        say(QStringLiteral("✕ ") + errorSentence(names.error()), true);
        return;
    }
    for (const NamedEntity& entity : *names) {
        auto* item = new QListWidgetItem(visibleText(entity.name.left(longestChosen)), m_names);
        item->setData(idRole, QString::fromUtf8(entity.id));
        item->setToolTip(QString::fromUtf8(entity.id).toHtmlEscaped());
    }
    m_names->setVisible(!names->empty());
    if (names->empty())
        say(tr("Nothing of that name. Paste ids instead, or type less."));
}

void TopicChooser::addTyped()
{
    const QString pattern = selectedPattern();
    const QStringList words = pastedWords(m_id->text());
    const QList<QListWidgetItem*> picked =
        m_names->isVisibleTo(this) ? m_names->selectedItems() : QList<QListWidgetItem*>{};
    const auto isTopic = [](const QString& word) { return word.startsWith(QLatin1String("v2.")); };
    int added = 0;
    say({});
    if (!picked.isEmpty()) {
        for (const QListWidgetItem* item : picked)
            added += add(filledTopic(pattern, item->data(idRole).toString()), item->text());
    } else if (words.isEmpty() && !pattern.isEmpty() && topicParameter(pattern.toUtf8()) == TopicParameter::None) {
        added += add(pattern);
    } else if (words.isEmpty() || (pattern.isEmpty() && !std::any_of(words.begin(), words.end(), isTopic))) {
        say(tr("Choose a topic and a name or id, or paste whole topics."), true);
    } else {
        for (const QString& word : words) {
            const TopicParameter parameter = topicParameter(pattern.toUtf8());
            const bool isNamed = parameter == TopicParameter::Queue || parameter == TopicParameter::User;
            if (!isTopic(word) && isNamed && QUuid::fromString(word).isNull()) {
                say(tr("Choose one or more of the names, or paste ids."), true);
                break; // what was typed is the beginning of a name, not an id
            }
            added += add(isTopic(word) ? word : filledTopic(pattern, word));
        }
    }
    if (added > 0) {
        m_id->clear();
        m_askDelay.stop();
        ++m_question;
        m_names->hide();
        Q_EMIT chosenChanged();
    }
}

void TopicChooser::addMine(const QString& suffix)
{
    if (m_me.id.isEmpty())
        return;
    if (add(QStringLiteral("v2.users.%1.%2").arg(QString::fromUtf8(m_me.id), suffix), m_me.name))
        Q_EMIT chosenChanged();
}

bool TopicChooser::add(const QString& topic, const QString& name)
{
    const QString problem = topicProblem(topic);
    if (!problem.isEmpty()) {
        say(problem, true);
        return false;
    }
    if (m_chosenNames.contains(topic.toLower())) {
        say(tr("%1 is chosen already.").arg(visibleText(topic)));
        return false;
    }
    if (!name.isEmpty())
        m_nameOf.insert(topic, name);
    append(topic);
    showChosen();
    return true;
}

void TopicChooser::append(const QString& topic)
{
    m_chosenNames.insert(topic.toLower());
    const QString name = m_nameOf.value(topic);
    const QString shown = visibleText(topic.left(ServiceLimit::topicLength));
    const QString words =
        name.isEmpty() ? shown
                       : tr("%1 · %2").arg(visibleText(name.left(longestChosen)), shortTopicName(topic.toUtf8()));
    auto* item = new QListWidgetItem(words, m_chosen);
    item->setData(idRole, topic);
    item->setToolTip(shown.toHtmlEscaped());
}

void TopicChooser::setChosen(const QStringList& topics)
{
    m_chosen->clear();
    m_chosenNames.clear();
    for (const QString& topic : topics)
        append(topic);
    showChosen();
}

QStringList TopicChooser::chosen() const
{
    QStringList topics;
    for (int row = 0; row < m_chosen->count(); ++row)
        topics += m_chosen->item(row)->data(idRole).toString();
    return topics;
}

void TopicChooser::removeSelected()
{
    for (QListWidgetItem* item : m_chosen->selectedItems()) {
        m_chosenNames.remove(item->data(idRole).toString().toLower());
        delete item;
    }
    showChosen();
    Q_EMIT chosenChanged();
}

void TopicChooser::showChosen()
{
    const int count = m_chosen->count();
    const int channels = (count + ServiceLimit::topicsPerChannel - 1) / ServiceLimit::topicsPerChannel;
    QString text = tr("%1 of %2").arg(countText(quint64(count)), countText(ServiceLimit::topicsPerChannel));
    if (channels > 1)
        text = tr("%1 topics on %2 channels").arg(countText(quint64(count))).arg(channels);
    if (channels > ServiceLimit::channelsPerUserAndApp)
        text += tr(", more than the %1 that the service keeps").arg(ServiceLimit::channelsPerUserAndApp);
    m_gauge->setText(text);
    m_remove->setEnabled(!m_chosen->selectedItems().isEmpty());
}

QString TopicChooser::gaugeText() const
{
    return m_gauge->text();
}

QString TopicChooser::words() const
{
    return m_words->text();
}

void TopicChooser::say(const QString& words, bool isProblem)
{
    setKind(m_words, isProblem ? "refused" : "secondary");
    m_words->setText(words);
}

} // namespace framescope
