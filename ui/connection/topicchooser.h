#pragma once
/// Chooses the topics of a profile: from what the organisation offers, with queues and users picked by name, pasted, or
/// one's own in one click.
///
/// Thread: gui. Nothing here waits: what the directory answers comes later and is dropped when another one is in use by
/// then. Topics that a profile has already are kept whether the directory is read or not.
#include "core/genesys/directory.h"

#include <QHash>
#include <QPointer>
#include <QSet>
#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QTableView;

namespace framescope {

class AvailableTopicsModel;

/// What the chooser asks; a Directory (directoryCalls()), or a test.
struct DirectoryCalls
{
    template <typename T>
    using Reply = std::function<void(Expected<T>)>;

    std::function<void(Reply<std::vector<AvailableTopic>>)> topics;
    std::function<void(const QString&, Reply<std::vector<NamedEntity>>)> queues;
    std::function<void(const QString&, Reply<std::vector<NamedEntity>>)> users;
    std::function<void(Reply<NamedEntity>)> me;
};
/// The calls keep @p directory alive.
[[nodiscard]] DirectoryCalls directoryCalls(const std::shared_ptr<Directory>& directory);

class TopicChooser : public QWidget
{
    Q_OBJECT

public:
    explicit TopicChooser(QWidget* parent = nullptr);

    void setChosen(const QStringList& topics);
    [[nodiscard]] QStringList chosen() const;
    /// Reads what is on offer. @p hasUser: a person signed in.
    void useDirectory(DirectoryCalls calls, bool hasUser);
    /// Another organisation or person: what was read does not hold any more.
    void forgetDirectory();
    void say(const QString& words, bool isProblem = false);

    [[nodiscard]] AvailableTopicsModel* offered() const { return m_offered; }
    [[nodiscard]] QString gaugeText() const;
    [[nodiscard]] QString words() const;

public Q_SLOTS:
    /// What stands in the id line, or is selected under it, for the selected topic.
    void addTyped();
    void addMine(const QString& suffix);

Q_SIGNALS:
    void loadRequested();
    void chosenChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildOffered();
    QWidget* buildPicker();
    QWidget* buildChosen();
    void wire();
    void takeTopics(const Expected<std::vector<AvailableTopic>>& topics);
    void takeMe(const Expected<NamedEntity>& me);
    void takeNames(const Expected<std::vector<NamedEntity>>& names);
    void showSelected();
    void askNames();
    bool add(const QString& topic, const QString& name = {});
    void append(const QString& topic);
    void removeSelected();
    void showChosen();
    void showMine();
    [[nodiscard]] QString selectedPattern() const;

    AvailableTopicsModel* m_offered;
    QLineEdit* m_search;
    QPushButton* m_load;
    QTableView* m_table;
    QLabel* m_idLabel;
    QLineEdit* m_id;
    QPushButton* m_add;
    QListWidget* m_names;
    QListWidget* m_chosen;
    QLabel* m_gauge;
    QLabel* m_words;
    QPushButton* m_remove;
    QPushButton* m_myPresence;
    QPushButton* m_myConversations;
    QTimer m_askDelay;
    DirectoryCalls m_calls;
    bool m_hasUser = false;
    quint64 m_generation = 0; ///< answers to an earlier directory are dropped
    quint64 m_question = 0;   ///< answers to earlier typing are dropped
    NamedEntity m_me;
    QSet<QString> m_chosenNames;      ///< lower case, as the service compares them
    QHash<QString, QString> m_nameOf; ///< topic -> whose, where it was picked by name
};

} // namespace framescope
